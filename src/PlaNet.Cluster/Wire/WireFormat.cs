using MessagePack;
using MessagePack.Resolvers;

namespace PlaNet.Cluster.Wire;

/// <summary>Wire messages to bytes and back, without an actor system: MessagePack, in its mode for untrusted data, over a fixed table of types.</summary>
public sealed class WireFormat
{
    // No resolver that takes a type's name from the wire, and none that looks for formatters in other assemblies.
    private static readonly IFormatterResolver[] s_resolvers =
        [BuiltinResolver.Instance, DynamicEnumResolver.Instance, DynamicGenericResolver.Instance, DynamicObjectResolver.Instance];

    private readonly WireManifests _manifests;
    private readonly MessagePackSerializerOptions _options;

    /// <summary>A format.</summary>
    /// <param name="manifests">What may cross.</param>
    /// <param name="limit">Most bytes of a message, at least 1.</param>
    public WireFormat(WireManifests manifests, long limit)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _manifests = manifests;
        Limit = limit;
        _options = MessagePackSerializerOptions.Standard
            .WithSecurity(MessagePackSecurity.UntrustedData)
            .WithResolver(CompositeResolver.Create([], s_resolvers));
    }

    /// <summary>Most bytes of a message.</summary>
    public long Limit { get; }

    /// <summary>The manifest of a message.</summary>
    /// <param name="message">The message.</param>
    /// <exception cref="WireException">Its type is not in the table.</exception>
    public string Manifest(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return ShapeOf(message).Manifest;
    }

    /// <summary>Writes a message.</summary>
    /// <param name="message">The message.</param>
    /// <returns>At most <see cref="Limit"/> bytes.</returns>
    /// <exception cref="WireException">Its type is not in the table, its values cannot be used, or it is too large.</exception>
    public byte[] Write(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var shape = ShapeOf(message);
        if (shape.FlawOf((IWireMessage)message) is { } flaw)
        {
            throw new WireException($"The message {shape.Manifest} was not sent: {flaw}. Correct it where it is made.");
        }

        byte[] bytes;
        try
        {
            bytes = MessagePackSerializer.Serialize(shape.Type, message, _options);
        }
        catch (MessagePackSerializationException failure)
        {
            throw new WireException($"The message {shape.Manifest} was not sent: it cannot be written: {Reason(failure)}", failure);
        }

        return bytes.LongLength <= Limit
            ? bytes
            : throw new WireException(
                $"The message {shape.Manifest} was not sent: it has {bytes.LongLength} bytes, but at most {Limit} fit into a frame. Send large data as a blob, in chunks.");
    }

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">What <see cref="Write"/> made of it.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <returns>A message of the type that the manifest stands for.</returns>
    /// <exception cref="WireException">The manifest is unknown, or the bytes are not exactly one message of it.</exception>
    public IWireMessage Read(ReadOnlyMemory<byte> bytes, string manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var shape = _manifests.Find(manifest)
            ?? throw new WireException($"A message {Shown(manifest)} was refused: this version of the program knows no such message. Run the same version on every node.");
        if (bytes.Length > Limit)
        {
            throw Refused(manifest, $"it has {bytes.Length} bytes, but at most {Limit} are allowed", null);
        }

        IWireMessage message;
        try
        {
            var reader = new MessagePackReader(bytes);

            // The format fills missing fields with defaults and skips those beyond the last.
            if (reader.CreatePeekReader().ReadArrayHeader() is var fields && fields != shape.Fields)
            {
                throw Refused(manifest, $"it has {fields} fields, but {shape.Fields} were expected", null);
            }

            message = (IWireMessage)MessagePackSerializer.Deserialize(shape.Type, ref reader, _options)!;
            if (!reader.End)
            {
                throw Refused(manifest, "bytes follow it", null);
            }
        }
        catch (Exception failure) when (failure is MessagePackSerializationException or EndOfStreamException)
        {
            throw Refused(manifest, Reason(failure), failure);
        }

        return shape.FlawOf(message) is { } flaw ? throw Refused(manifest, flaw, null) : message;
    }

    private static WireException Refused(string manifest, string reason, Exception? cause)
    {
        var text = $"A message {manifest} was refused: {reason.TrimEnd('.')}. It was damaged, or its sender is another program.";
        return cause is null ? new WireException(text) : new WireException(text, cause);
    }

    // The outermost exception only names the type.
    private static string Reason(Exception failure) => failure.GetBaseException().Message;

    /// <summary>A manifest as a log may hold it: it comes from the wire.</summary>
    internal static string Shown(string manifest) =>
        $"\"{new string([.. manifest.Take(60).Select(letter => char.IsControl(letter) ? '?' : letter)])}\"";

    private WireShape ShapeOf(object message) =>
        _manifests.Find(message.GetType())
        ?? throw new WireException(
            $"A message of type {message.GetType()} was not sent: only the types listed in {nameof(WireManifests)} cross between nodes. List it there, with a manifest.");
}

using MessagePack;
using MessagePack.Resolvers;
using PlaNet.Common;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// Serializes wire messages, without an actor system: MessagePack in its mode for untrusted data, restricted to a fixed table of types.
/// </summary>
public sealed class WireFormat
{
    // Resolvers that read type names from the wire or search other assemblies for formatters are left out on purpose.
    private static readonly IFormatterResolver[] s_resolvers =
        [BuiltinResolver.Instance, DynamicEnumResolver.Instance, DynamicGenericResolver.Instance, DynamicObjectResolver.Instance];

    private readonly WireManifests _manifests;
    private readonly MessagePackSerializerOptions _options;

    /// <summary>Makes a format.</summary>
    /// <param name="manifests">The allowed messages.</param>
    /// <param name="limit">Maximal size of a message, bytes; at least 1.</param>
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

    /// <summary>Maximal size of a message, bytes.</summary>
    public long Limit { get; }

    /// <summary>The manifest of a message.</summary>
    /// <exception cref="WireException">Its type is not in the table.</exception>
    public string Manifest(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return ShapeOf(message).Manifest;
    }

    /// <summary>Writes a message.</summary>
    /// <returns>At most <see cref="Limit"/> bytes.</returns>
    /// <exception cref="WireException">Its type is not in the table, its values are invalid, or it is too large.</exception>
    public byte[] Write(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var shape = ShapeOf(message);
        if (shape.FlawOf((IWireMessage)message) is { } flaw)
        {
            throw new WireException($"The message {shape.Manifest} was not sent: {flaw}. Correct the code that makes it.");
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
                $"The message {shape.Manifest} was not sent: it has {bytes.LongLength} bytes, but at most {Limit} fit into a frame. "
                + "Send large data as a blob, in chunks.");
    }

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The output of <see cref="Write"/>.</param>
    /// <param name="manifest">Manifest of the message.</param>
    /// <returns>A message of the manifest's type.</returns>
    /// <exception cref="WireException">The manifest is unknown, or the bytes are not exactly one valid message of its type.</exception>
    public IWireMessage Read(ReadOnlyMemory<byte> bytes, string manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var shape = _manifests.Find(manifest)
            ?? throw new WireException(
                $"A message {Quote(manifest)} was refused: this version of the program has no such message. "
                + "Run the same version on every node.");
        if (bytes.Length > Limit)
        {
            throw Refused(manifest, $"it has {bytes.Length} bytes, but at most {Limit} are allowed", null);
        }

        IWireMessage message;
        try
        {
            var reader = new MessagePackReader(bytes);

            // MessagePack itself accepts other counts: it fills missing fields with defaults and skips extra ones.
            if (reader.CreatePeekReader().ReadArrayHeader() is var fields && fields != shape.Fields.Count)
            {
                throw Refused(manifest, $"it has {fields} fields, but {shape.Fields.Count} were expected", null);
            }

            message = (IWireMessage)MessagePackSerializer.Deserialize(shape.Type, ref reader, _options)!;
            if (!reader.End)
            {
                throw Refused(manifest, "it is followed by extra bytes", null);
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
        var text = $"A message {manifest} was refused: {reason.TrimEnd('.')}. It was damaged, or its sender runs another version. "
            + "Run the same version on every node.";
        return cause is null ? new WireException(text) : new WireException(text, cause);
    }

    // The outermost exception names only the type; the innermost has the cause.
    private static string Reason(Exception failure) => failure.GetBaseException().Message;

    /// <summary>An untrusted manifest, shortened and without control characters, for a log.</summary>
    internal static string Quote(string manifest) =>
        $"\"{OneLine.Of(manifest, 60)}\"";

    private WireShape ShapeOf(object message) =>
        _manifests.Find(message.GetType())
        ?? throw new WireException(
            $"A message of type {message.GetType()} was not sent: only the types listed in {nameof(WireManifests)} are sent between nodes. "
            + "List it there, with a manifest.");
}

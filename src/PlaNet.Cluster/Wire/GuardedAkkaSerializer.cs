using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// Replaces Akka's serializer for its own small messages, and allows only those that find actors and watch nodes. Akka's untrusted mode
/// also allows messages that stop or restart an actor of another node (<see cref="Kill"/>), or that create types by name.
/// </summary>
public sealed class GuardedAkkaSerializer : SerializerWithStringManifest
{
    // Identify, ActorIdentity, actor references, remote watch heartbeats and their responses.
    private static readonly string[] s_allowed = ["ID", "AID", "AR", "RWHB", "RWHR"];

    private readonly MiscMessageSerializer _serializer;

    /// <summary>Called by Akka, by reflection.</summary>
    /// <param name="system">The system whose messages it handles.</param>
    public GuardedAkkaSerializer(ExtendedActorSystem system)
        : base(system)
    {
        _serializer = new MiscMessageSerializer(system);
    }

    /// <summary>16, the identifier of the replaced serializer.</summary>
    public override int Identifier => 16;

    /// <inheritdoc />
    /// <exception cref="WireException">The message is not allowed between nodes.</exception>
    public override string Manifest(object o)
    {
        ArgumentNullException.ThrowIfNull(o);
        var manifest = _serializer.Manifest(o);
        return s_allowed.Contains(manifest, StringComparer.Ordinal)
            ? manifest
            : throw new WireException(
                $"A message of type {o.GetType()} was not sent: it is not allowed between nodes. "
                + $"Send a message that implements {nameof(IWireMessage)}.");
    }

    /// <inheritdoc />
    /// <exception cref="WireException">The message is not allowed between nodes.</exception>
    public override byte[] ToBinary(object obj)
    {
        _ = Manifest(obj);
        return _serializer.ToBinary(obj);
    }

    /// <inheritdoc />
    /// <exception cref="WireException">The message is not allowed between nodes, or the bytes are damaged.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!s_allowed.Contains(manifest, StringComparer.Ordinal))
        {
            throw new WireException(
                $"A message of Akka with the manifest {WireFormat.Quote(manifest)} was refused: it is not allowed between nodes. "
                + "Run the same version with the same settings on every node.");
        }

        try
        {
            return _serializer.FromBinary(bytes, manifest);
        }
        catch (Exception failure) when (failure is not WireException)
        {
            // Akka's serializers throw what they meet first, such as a null reference; only a refusal keeps the connection.
            throw new WireException(
                $"A message of Akka with the manifest {manifest} was refused: it was damaged, or its sender runs another version. "
                + "Run the same version on every node.",
                failure);
        }
    }
}

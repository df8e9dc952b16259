using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// Stands in place of Akka's serializer of its own small messages and carries only those that find actors and watch nodes. Akka's untrusted
/// mode lets others through that end or restart an actor of another node (<see cref="Kill"/>), or make types by their names.
/// </summary>
public sealed class GuardedAkkaSerializer : SerializerWithStringManifest
{
    // Identify, ActorIdentity, references to actors, heartbeats of watched nodes and their answers.
    private static readonly string[] s_harmless = ["ID", "AID", "AR", "RWHB", "RWHR"];

    private readonly MiscMessageSerializer _serializer;

    /// <summary>Made by Akka.</summary>
    /// <param name="system">The system whose messages it handles.</param>
    public GuardedAkkaSerializer(ExtendedActorSystem system)
        : base(system)
    {
        _serializer = new MiscMessageSerializer(system);
    }

    /// <summary>16, that of the serializer in whose place it stands.</summary>
    public override int Identifier => 16;

    /// <inheritdoc />
    /// <exception cref="WireException">The message may not cross.</exception>
    public override string Manifest(object o)
    {
        ArgumentNullException.ThrowIfNull(o);
        var manifest = _serializer.Manifest(o);
        return s_harmless.Contains(manifest, StringComparer.Ordinal)
            ? manifest
            : throw new WireException($"A message of type {o.GetType()} was not sent: it may not cross between nodes. Send a message that implements {nameof(IWireMessage)}.");
    }

    /// <inheritdoc />
    /// <exception cref="WireException">The message may not cross.</exception>
    public override byte[] ToBinary(object obj)
    {
        _ = Manifest(obj);
        return _serializer.ToBinary(obj);
    }

    /// <inheritdoc />
    /// <exception cref="WireException">The message may not cross.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => s_harmless.Contains(manifest, StringComparer.Ordinal)
        ? _serializer.FromBinary(bytes, manifest)
        : throw new WireException($"A message of Akka with the manifest {WireFormat.Shown(manifest)} was refused: it may not cross between nodes. Run the same version with the same settings on every node.");
}

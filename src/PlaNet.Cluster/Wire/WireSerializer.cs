using Akka.Actor;
using Akka.Serialization;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// Akka's serializer for <see cref="IWireMessage"/>; see <see cref="WireFormat"/>. A message that does not fit into a frame of the
/// transport (<c>akka.remote.dot-netty.tcp.maximum-frame-size</c>) is refused before it is sent.
/// </summary>
public sealed class WireSerializer : SerializerWithStringManifest
{
    /// <summary>Bytes of a frame that are reserved for Akka's envelope: paths of sender and recipient, serializer, manifest.</summary>
    public const int EnvelopeBytes = 16 * 1024;

    private readonly WireFormat _format;

    /// <summary>Called by Akka, by reflection.</summary>
    /// <param name="system">The system whose messages it handles.</param>
    public WireSerializer(ExtendedActorSystem system)
        : base(system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var frame = system.Settings.Config.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size", null) ?? int.MaxValue;
        _format = new WireFormat(WireManifests.Current, Math.Max(1, frame - EnvelopeBytes));
    }

    /// <summary>471. It must be the same on every node.</summary>
    public override int Identifier => 471;

    /// <inheritdoc />
    /// <exception cref="WireException">The type is not listed in <see cref="WireManifests"/>.</exception>
    public override string Manifest(object o) => _format.Manifest(o);

    /// <inheritdoc />
    /// <exception cref="WireException">The type is not listed, the values are invalid, or the message is too large.</exception>
    public override byte[] ToBinary(object obj) => _format.Write(obj);

    /// <inheritdoc />
    /// <exception cref="WireException">The manifest is unknown, or the bytes are not exactly one valid message of its type.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => _format.Read(bytes, manifest);
}

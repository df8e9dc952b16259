using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// Stands in place of a serializer that could make any type out of what a node sends, and refuses on both sides: Akka's JSON serializer, which
/// takes whatever no other one is bound to, and the one that carries actors to be created on another node.
/// </summary>
public sealed class RefusingSerializer : Serializer
{
    private readonly int _identifier;

    /// <summary>Made by Akka.</summary>
    /// <param name="system">The system whose messages it refuses.</param>
    /// <param name="settings">Its section of <c>akka.actor.serialization-settings</c>: <c>identifier</c> is that of the replaced serializer.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _identifier = settings.GetInt("identifier");
    }

    /// <summary>That of the serializer in whose place it stands, so that messages written by it are refused too.</summary>
    public override int Identifier => _identifier;

    /// <summary>Always: the refusal names the type.</summary>
    public override bool IncludeManifest => true;

    /// <summary>Refuses.</summary>
    /// <param name="obj">What was to be sent.</param>
    /// <exception cref="WireException">Always.</exception>
    public override byte[] ToBinary(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        throw new WireException(
            $"A message of type {obj.GetType()} was not sent: only messages that implement {nameof(IWireMessage)} cross between nodes. Make it one, and list it in {nameof(WireManifests)}.");
    }

    /// <summary>Refuses.</summary>
    /// <param name="bytes">What was received.</param>
    /// <param name="type">The type that it claims to be.</param>
    /// <exception cref="WireException">Always.</exception>
    public override object FromBinary(byte[] bytes, Type? type) =>
        throw new WireException(
            $"A message written by the serializer {Identifier} was refused{(type is null ? "" : $", of type {type}")}: only messages that implement {nameof(IWireMessage)} cross between nodes. Run the same version with the same settings on every node.");
}

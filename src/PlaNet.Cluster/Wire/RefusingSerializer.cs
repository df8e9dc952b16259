using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// Replaces serializers that could create any type from received bytes, and refuses every message on both sides. The replaced ones are
/// Akka's JSON serializer, which is the default for unbound types, and the one for actors to be deployed on another node.
/// </summary>
public sealed class RefusingSerializer : Serializer
{
    private readonly int _identifier;

    /// <summary>Called by Akka, by reflection.</summary>
    /// <param name="system">The system whose messages it refuses.</param>
    /// <param name="settings">
    /// Its section of <c>akka.actor.serialization-settings</c>: <c>identifier</c> is that of the replaced serializer.
    /// </param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _identifier = settings.GetInt("identifier");
    }

    /// <summary>The identifier of the replaced serializer, so that messages written by that one are refused too.</summary>
    public override int Identifier => _identifier;

    /// <summary>Always true: the refusal names the type.</summary>
    public override bool IncludeManifest => true;

    /// <summary>Refuses.</summary>
    /// <param name="obj">The message that was to be sent.</param>
    /// <exception cref="WireException">Always.</exception>
    public override byte[] ToBinary(object obj)
    {
        ArgumentNullException.ThrowIfNull(obj);
        throw new WireException(
            $"A message of type {obj.GetType()} was not sent: only messages that implement {nameof(IWireMessage)} are sent between nodes. "
            + $"Implement it, and list the type in {nameof(WireManifests)}.");
    }

    /// <summary>Refuses.</summary>
    /// <param name="bytes">The received message.</param>
    /// <param name="type">The type named by the sender.</param>
    /// <exception cref="WireException">Always.</exception>
    public override object FromBinary(byte[] bytes, Type? type) =>
        throw new WireException(
            $"A message written by the serializer {Identifier} was refused{(type is null ? "" : $", of type {type}")}: "
            + $"only messages that implement {nameof(IWireMessage)} are accepted from other nodes. "
            + "Run the same version with the same settings on every node.");
}

using Akka.Actor.Setup;
using Akka.Configuration;

namespace PlaNet.Cluster.Nodes;

/// <summary>Settings for the actor system of a node.</summary>
/// <param name="Config">Akka's settings.</param>
/// <param name="Setup">
/// The same settings with the certificate, for <see cref="Akka.Actor.ActorSystem.Create(string, ActorSystemSetup)"/> with the name
/// <see cref="ClusterConfig.SystemName"/>.
/// </param>
/// <param name="Warning">A warning to show at every start; null for none.</param>
public sealed record ClusterStart(Config Config, ActorSystemSetup Setup, string? Warning);

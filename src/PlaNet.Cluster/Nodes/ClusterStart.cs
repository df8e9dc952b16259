using Akka.Actor.Setup;
using Akka.Configuration;

namespace PlaNet.Cluster.Nodes;

/// <summary>What the actor system of a node is made with.</summary>
/// <param name="Config">Akka's settings.</param>
/// <param name="Setup">The same, and the certificate: for <see cref="Akka.Actor.ActorSystem.Create(string, ActorSystemSetup)"/> with the name <see cref="ClusterConfig.SystemName"/>.</param>
/// <param name="Warning">What the user must be told at every start; null for nothing.</param>
public sealed record ClusterStart(Config Config, ActorSystemSetup Setup, string? Warning);

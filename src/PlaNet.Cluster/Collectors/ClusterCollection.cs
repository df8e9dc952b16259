using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster.Routing;
using Akka.Routing;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Status;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Settings;

namespace PlaNet.Cluster.Collectors;

/// <summary>Lets the collectors of a cluster play the episodes of a run. The run's process joins the cluster, or forms it.</summary>
/// <param name="configure">Makes the settings of the run's node.</param>
/// <param name="lease">How long a claim on an episode lasts unless it is renewed.</param>
/// <param name="joined">Called with the address on which the node listens, such as <c>127.0.0.1:4711</c>.</param>
public sealed class ClusterCollection(Func<HoconSettings, ClusterStart> configure, TimeSpan lease, Action<string> joined)
    : IRemoteCollection
{
    /// <summary>Role of nodes that play episodes.</summary>
    public const string CollectorRole = "collector";

    /// <summary>Role of nodes that are runs.</summary>
    public const string RunRole = "run";

    // Akka needs a bound; no lab has that many machines.
    private const int MaxCollectors = 10_000;

    /// <inheritdoc/>
    public ActorSystemSetup SetupOf(HoconSettings settings) => configure(settings).Setup;

    /// <inheritdoc/>
    public Func<RunParts, Behavior> Join(RoleSystem system, Action removed)
    {
        ArgumentNullException.ThrowIfNull(system);
        var akka = system.System;
        var cluster = Akka.Cluster.Cluster.Get(akka);
        cluster.RegisterOnMemberRemoved(removed);
        if (cluster.Settings.SeedNodes.IsEmpty)
        {
            cluster.Join(cluster.SelfAddress);
        }

        var group = new ClusterRouterGroup(
            new BroadcastGroup(NodeRoles.CollectorPath),
            new ClusterRouterGroupSettings(MaxCollectors, [NodeRoles.CollectorPath], allowLocalRoutees: false, CollectorRole));
        var collectors = akka.ActorOf(group.Props(), "collectors");
        akka.ActorOf(StatusActor.Props([], () => system.Counts.Restarts, TimeProvider.System), StatusActor.Name);
        joined(cluster.SelfEndpoint());
        return parts => RemoteCollectorActor.Create(parts, collectors, lease, () => Guid.NewGuid().ToString("N"));
    }

    /// <inheritdoc/>
    public Task LeaveAsync(ActorSystem system)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        return cluster.IsTerminated ? Task.CompletedTask : cluster.LeaveGracefullyAsync();
    }
}

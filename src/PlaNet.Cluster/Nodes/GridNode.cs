using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Status;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Settings;

namespace PlaNet.Cluster.Nodes;

/// <summary>How the work of a node ended.</summary>
public enum NodeEnd
{
    /// <summary>No cell is left to run.</summary>
    Done,

    /// <summary>The node was asked to stop; its cells are back in the queue.</summary>
    Stopped,

    /// <summary>
    /// The node has lost its coordinator: the cluster removed the node, for example after a freeze or a network partition, or the last node
    /// that could coordinate has left. Its runs were asked to save everything and exit.
    /// </summary>
    Removed,
}

/// <summary>A cluster node: a worker, a collector, the grid coordinator, or several of them in one process.</summary>
public sealed class GridNode
{
    /// <summary>Role of nodes that may host the grid coordinator.</summary>
    public const string CoordinatorRole = "coordinator";

    /// <summary>Role of nodes that run cells.</summary>
    public const string WorkerRole = "worker";

    /// <summary>Name of each node's top-level actor that forwards messages to the grid coordinator on whichever node hosts it.</summary>
    public const string ProxyName = Manager + "-proxy";

    /// <summary>
    /// The paths of the actors that other nodes address by actor selection. <see cref="ClusterNode.SelectablePaths"/> must list them on
    /// every node.
    /// </summary>
    public static IReadOnlyList<string> Paths { get; } =
        [$"/user/{Manager}", $"/user/{Manager}/{Singleton}", $"/user/{ProxyName}", StatusActor.Path, NodeRoles.CollectorPath];

    private const string Manager = "grid";
    private const string Singleton = "coordinator";

    // All runs are saved by then; only a cut connection can take longer.
    private static readonly TimeSpan s_shutdownTimeout = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<NodeEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _otherWorkersLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RoleSystem _system;
    private readonly bool _coordinates;

    private GridNode(GridNodeParts parts, HoconSettings settings, ClusterStart start, Action<LogLine> log)
    {
        IActorRef proxy = ActorRefs.Nobody;
        _system = new RoleSystem(
            NodeRoles.Top,
            system =>
            {
                proxy = Join(system, parts);
                return NodeRoles.Create(RolesOf(parts, proxy, settings));
            },
            RunSupervision.DecideAtTop,
            settings,
            TimeProvider.System,
            log,
            start.Setup);
        Grid = new GridClient(proxy);
        _system.System.ActorOf(
            StatusActor.Props(
                [
                    .. parts.Worker is null ? Array.Empty<ICanTell>() : [_system.System.ActorSelection(NodeRoles.WorkerPath)],
                    .. parts.Collector is null ? Array.Empty<ICanTell>() : [_system.System.ActorSelection(NodeRoles.CollectorPath)],
                ],
                () => _system.Counts.Restarts,
                TimeProvider.System),
            StatusActor.Name);
        _coordinates = parts.OpenStore is not null;
    }

    /// <summary>A client of the grid coordinator, usable until <see cref="EndAsync"/>.</summary>
    public GridClient Grid { get; }

    /// <summary>The address at which other nodes join, such as <c>127.0.0.1:4711</c>.</summary>
    public string Address => Akka.Cluster.Cluster.Get(_system.System).SelfEndpoint();

    /// <summary>Starts a node. Without seed nodes in its settings it forms a new cluster.</summary>
    /// <param name="parts">Worker, collector and grid coordinator of the node.</param>
    /// <param name="settings">The user's settings.</param>
    /// <param name="start">Settings of the actor system, from <see cref="ClusterConfig"/>.</param>
    /// <param name="log">Receives every log line, on any thread. Must not throw.</param>
    public static GridNode Start(GridNodeParts parts, HoconSettings settings, ClusterStart start, Action<LogLine> log)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(start);
        return new GridNode(parts, settings, start, log);
    }

#pragma warning disable VSTHRD003 // The awaited tasks are completed by callbacks that never block.
    /// <summary>Works until no cell is left, the node is asked to stop, or the cluster has removed it.</summary>
    /// <param name="interrupt">Asks the node to stop: its runs save everything and exit, and their cells go back to the queue.</param>
    /// <returns>How the work ended; null if it failed, in which case <see cref="EndAsync"/> throws the failure.</returns>
    public async Task<NodeEnd?> WorkAsync(CancellationToken interrupt)
    {
        await using (interrupt.Register(() => _system.Tell(new StopWorking())))
        {
            await Task.WhenAny(_ended.Task, _system.Stopped).ConfigureAwait(false);
            return _ended.Task.IsCompletedSuccessfully ? await _ended.Task.ConfigureAwait(false) : null;
        }
    }

    /// <summary>Stops the work if it has not ended, leaves the cluster and terminates the actor system.</summary>
    public async Task<NodeEnd> EndAsync()
    {
        if (!_ended.Task.IsCompleted)
        {
            _system.Tell(new StopWorking());
            await Task.WhenAny(_ended.Task, _system.Stopped).ConfigureAwait(false);
        }

        var cluster = Akka.Cluster.Cluster.Get(_system.System);
        var end = _ended.Task.IsCompletedSuccessfully ? await _ended.Task.ConfigureAwait(false) : NodeEnd.Removed;
        if (end == NodeEnd.Done && _coordinates
            && cluster.State.Members.Any(member => member.HasRole(WorkerRole) && !member.UniqueAddress.Equals(cluster.SelfUniqueAddress)))
        {
            // Other workers that wait for the end of the grid still need the coordinator to learn of it.
            await Task.WhenAny(_otherWorkersLeft.Task, Task.Delay(s_shutdownTimeout, TimeProvider.System)).ConfigureAwait(false);
        }

        if (end != NodeEnd.Removed && cluster.State.Members.Count > 1)
        {
            await cluster.LeaveGracefullyAsync().ConfigureAwait(false);
        }

        return await _system.EndAsync(_ended.Task, s_shutdownTimeout).ConfigureAwait(false);
    }
#pragma warning restore VSTHRD003

    private Dictionary<string, Behavior> RolesOf(GridNodeParts parts, IActorRef proxy, HoconSettings settings)
    {
        var roles = new Dictionary<string, Behavior>(StringComparer.Ordinal);
        if (parts.Worker is { } worker)
        {
            roles.Add(
                NodeRoles.Worker,
                WorkerActor.Create(worker, proxy, parts.Watch, done => _ended.TrySetResult(done ? NodeEnd.Done : NodeEnd.Stopped)));
        }

        if (parts.Collector is { } collector)
        {
            // A worker on the same node decides when the node ends, because its runs must be saved first.
            roles.Add(NodeRoles.Collector, CollectorActor.Create(
                collector,
                (experiment, watch) => CollectorParts.Of(experiment, collector.Load(experiment), settings.Planet, watch),
                parts.WatchCollector,
                () => _ = parts.Worker is null && _ended.TrySetResult(NodeEnd.Stopped)));
        }

        return roles;
    }

    private IActorRef Join(RoleSystem system, GridNodeParts parts)
    {
        var akka = system.System;
        if (parts.OpenStore is { } openStore)
        {
            var (role, strategy) = system.RoleBelow(GridCoordinator.Create(openStore, parts.Lease), RunSupervision.DecideAtTop);
            akka.ActorOf(
                ClusterSingletonManager.Props(
                    role,
                    PoisonPill.Instance,
                    ClusterSingletonManagerSettings.Create(akka).WithRole(CoordinatorRole).WithSingletonName(Singleton))
                    .WithSupervisorStrategy(strategy),
                Manager);
        }

        var cluster = Akka.Cluster.Cluster.Get(akka);
        var isCollectorOnly = parts.Worker is null && parts.OpenStore is null;
        cluster.RegisterOnMemberUp(parts.Joined);
        cluster.RegisterOnMemberRemoved(() => _ended.TrySetResult(NodeEnd.Removed));
        cluster.Subscribe(
            akka.ActorOf(
                Props.Create(() => new Departures(cluster.SelfUniqueAddress, isCollectorOnly, _ended, _otherWorkersLeft)), "departures"),
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent));
        if (cluster.Settings.SeedNodes.IsEmpty)
        {
            cluster.Join(cluster.SelfAddress);
        }

        return akka.ActorOf(
            ClusterSingletonProxy.Props(
                $"/user/{Manager}", ClusterSingletonProxySettings.Create(akka).WithRole(CoordinatorRole).WithSingletonName(Singleton)),
            ProxyName);
    }

    /// <summary>Watches for the removal of the last coordinator and of the last other worker.</summary>
    private sealed class Departures : ReceiveActor
    {
        private readonly HashSet<UniqueAddress> _coordinators = [];
        private readonly HashSet<UniqueAddress> _workers = [];

        public Departures(
            UniqueAddress self, bool isCollectorOnly, TaskCompletionSource<NodeEnd> ended, TaskCompletionSource otherWorkersLeft)
        {
            Receive<ClusterEvent.MemberRemoved>(removed =>
            {
                var address = removed.Member.UniqueAddress;
                if (_coordinators.Remove(address) && _coordinators.Count == 0)
                {
                    // A coordinator that left gracefully had finished its grid.
                    ended.TrySetResult(isCollectorOnly && removed.PreviousStatus == MemberStatus.Exiting ? NodeEnd.Done : NodeEnd.Removed);
                }

                if (_workers.Remove(address) && _workers.Count == 0)
                {
                    otherWorkersLeft.TrySetResult();
                }
            });
            Receive<ClusterEvent.IMemberEvent>(seen =>
            {
                if (seen.Member.HasRole(CoordinatorRole))
                {
                    _coordinators.Add(seen.Member.UniqueAddress);
                }

                if (seen.Member.HasRole(WorkerRole) && !seen.Member.UniqueAddress.Equals(self))
                {
                    _workers.Add(seen.Member.UniqueAddress);
                }
            });
        }
    }
}

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
    /// <summary>All is done.</summary>
    Done,

    /// <summary>It was told to stop; its cells are back in the queue.</summary>
    Stopped,

    /// <summary>
    /// It has no coordinator any more: the cluster has removed it, as after a freeze or a cut of the network, or the last node that could
    /// coordinate has left. Its runs were told to save themselves and end.
    /// </summary>
    Removed,
}

/// <summary>A process of a cluster: a worker, a collector, the grid coordinator, or several of them, until all is done or it is told to stop.</summary>
public sealed class GridNode
{
    /// <summary>Role of nodes on which the grid coordinator may live.</summary>
    public const string CoordinatorRole = "coordinator";

    /// <summary>Role of nodes that run cells.</summary>
    public const string WorkerRole = "worker";

    /// <summary>Name of the actor at the top of every node that passes on what is asked to the grid coordinator, wherever that lives.</summary>
    public const string ProxyName = Manager + "-proxy";

    /// <summary>
    /// The paths of the grid coordinator and its manager, and of those whom others ask: <see cref="ClusterNode.SelectablePaths"/> has to name
    /// them on every node.
    /// </summary>
    public static IReadOnlyList<string> Paths { get; } = [$"/user/{Manager}", $"/user/{Manager}/{Singleton}", $"/user/{ProxyName}", StatusActor.Path, NodeRoles.CollectorPath];

    private const string Manager = "grid";
    private const string Singleton = "coordinator";

    // What still runs when everything is saved is a connection that was cut.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource<NodeEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _alone = new(TaskCreationOptions.RunContinuationsAsynchronously);
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
        _coordinates = parts.Ledger is not null;
    }

    /// <summary>The grid coordinator. It can be asked until <see cref="EndAsync"/>.</summary>
    public GridClient Grid { get; }

    /// <summary>The address at which other nodes join, such as <c>127.0.0.1:4711</c>.</summary>
    public string Address => Akka.Cluster.Cluster.Get(_system.System).SelfEndpoint();

    /// <summary>Starts a node. It forms a cluster of its own where its settings name no seed.</summary>
    /// <param name="parts">What it does.</param>
    /// <param name="settings">The settings in force.</param>
    /// <param name="start">How it takes part in a cluster.</param>
    /// <param name="log">Told every line of the log, on any thread. Must not throw.</param>
    public static GridNode Start(GridNodeParts parts, HoconSettings settings, ClusterStart start, Action<LogLine> log)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(start);
        return new GridNode(parts, settings, start, log);
    }

#pragma warning disable VSTHRD003 // The ends of roles are set by callbacks, which wait for nobody.
    /// <summary>Works until all is done, the node is told to stop, or the cluster has removed it.</summary>
    /// <param name="interrupt">Tells it to stop: its runs save themselves and end, and their cells go back to the queue.</param>
    /// <returns>How the work ended; null where it failed, which <see cref="EndAsync"/> throws.</returns>
    public async Task<NodeEnd?> WorkAsync(CancellationToken interrupt)
    {
        await using (interrupt.Register(() => _system.Tell(new StopWorking())))
        {
            await Task.WhenAny(_ended.Task, _system.Stopped).ConfigureAwait(false);
            return _ended.Task.IsCompletedSuccessfully ? await _ended.Task.ConfigureAwait(false) : null;
        }
    }

    /// <summary>Leaves the cluster and ends.</summary>
    /// <returns>How the work ended.</returns>
    public async Task<NodeEnd> EndAsync()
    {
        if (!_ended.Task.IsCompleted)
        {
            _system.Tell(new StopWorking());
            await Task.WhenAny(_ended.Task, _system.Stopped).ConfigureAwait(false);
        }

        var cluster = Akka.Cluster.Cluster.Get(_system.System);
        var end = _ended.Task.IsCompletedSuccessfully ? await _ended.Task.ConfigureAwait(false) : NodeEnd.Removed;
        if (end == NodeEnd.Done && _coordinates && cluster.State.Members.Any(member => member.HasRole(WorkerRole) && !member.UniqueAddress.Equals(cluster.SelfUniqueAddress)))
        {
            // Others who wait for the end of the grid ask for it now, and leave.
            await Task.WhenAny(_alone.Task, Task.Delay(s_grace, TimeProvider.System)).ConfigureAwait(false);
        }

        if (end != NodeEnd.Removed && cluster.State.Members.Count > 1)
        {
            // Whoever stays knows at once that this node is gone for good.
            await cluster.LeaveInOrderAsync().ConfigureAwait(false);
        }

        return await _system.EndAsync(_ended.Task, s_grace).ConfigureAwait(false);
    }
#pragma warning restore VSTHRD003

    private Dictionary<string, Behavior> RolesOf(GridNodeParts parts, IActorRef proxy, HoconSettings settings)
    {
        var roles = new Dictionary<string, Behavior>(StringComparer.Ordinal);
        if (parts.Worker is { } worker)
        {
            roles.Add(
                NodeRoles.Worker, WorkerActor.Create(worker, proxy, parts.Watch, done => _ended.TrySetResult(done ? NodeEnd.Done : NodeEnd.Stopped)));
        }

        if (parts.Collector is { } collector)
        {
            // Beside a worker, that one decides when the node has ended: its runs have to be saved.
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
        if (parts.Ledger is { } ledger)
        {
            var (role, strategy) = system.RoleBelow(GridCoordinator.Create(ledger, parts.Lease), RunSupervision.DecideAtTop);
            akka.ActorOf(
                ClusterSingletonManager.Props(
                    role,
                    PoisonPill.Instance,
                    ClusterSingletonManagerSettings.Create(akka).WithRole(CoordinatorRole).WithSingletonName(Singleton)).WithSupervisorStrategy(strategy),
                Manager);
        }

        var cluster = Akka.Cluster.Cluster.Get(akka);
        var onlyPlays = parts.Worker is null && parts.Ledger is null;
        cluster.RegisterOnMemberUp(parts.Joined);
        cluster.RegisterOnMemberRemoved(() => _ended.TrySetResult(NodeEnd.Removed));
        cluster.Subscribe(
            akka.ActorOf(Props.Create(() => new Departures(cluster.SelfUniqueAddress, onlyPlays, _ended, _alone)), "departures"),
            ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IMemberEvent));
        if (cluster.Settings.SeedNodes.IsEmpty)
        {
            // The first node of its cluster.
            cluster.Join(cluster.SelfAddress);
        }

        return akka.ActorOf(
            ClusterSingletonProxy.Props($"/user/{Manager}", ClusterSingletonProxySettings.Create(akka).WithRole(CoordinatorRole).WithSingletonName(Singleton)),
            ProxyName);
    }

    /// <summary>Sees who leaves the cluster.</summary>
    private sealed class Departures : ReceiveActor
    {
        private readonly HashSet<UniqueAddress> _coordinators = [];
        private readonly HashSet<UniqueAddress> _workers = [];

        public Departures(UniqueAddress self, bool onlyPlays, TaskCompletionSource<NodeEnd> ended, TaskCompletionSource alone)
        {
            Receive<ClusterEvent.MemberRemoved>(removed =>
            {
                var address = removed.Member.UniqueAddress;
                if (_coordinators.Remove(address) && _coordinators.Count == 0)
                {
                    // One that left in order has done what it was for.
                    ended.TrySetResult(onlyPlays && removed.PreviousStatus == MemberStatus.Exiting ? NodeEnd.Done : NodeEnd.Removed);
                }

                if (_workers.Remove(address) && _workers.Count == 0)
                {
                    alone.TrySetResult();
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

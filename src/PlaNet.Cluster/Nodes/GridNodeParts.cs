using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>The parts of a node: worker, collector and grid coordinator, each optional.</summary>
public sealed record GridNodeParts
{
    /// <summary>Settings of the worker; null for none. Default null.</summary>
    public NodeOptions? Worker { get; init; }

    /// <summary>Settings of the collector; null for none. Default null.</summary>
    public CollectorOptions? Collector { get; init; }

    /// <summary>Opens the store for the grid coordinator; null on a node that cannot coordinate. Default null.</summary>
    public Func<IGridStore>? OpenStore { get; init; }

    /// <summary>Duration of the leases that the grid coordinator grants and renews. Default 20 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Called on any thread once the node is a member of a cluster. By default does nothing.</summary>
    public Action Joined { get; init; } = static () => { };

    /// <summary>Receives the events of the worker, in order. By default does nothing.</summary>
    public Action<NodeEvent> Watch { get; init; } = static _ => { };

    /// <summary>Receives the events of the collector, in order. By default does nothing.</summary>
    public Action<CollectorEvent> WatchCollector { get; init; } = static _ => { };
}

using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>What a node does.</summary>
public sealed record GridNodeParts
{
    /// <summary>How it runs cells; null where it runs none. Default null.</summary>
    public NodeOptions? Worker { get; init; }

    /// <summary>How it plays episodes; null where it plays none. Default null.</summary>
    public CollectorOptions? Collector { get; init; }

    /// <summary>Opens the ledger; null where the node is no coordinator. Default null.</summary>
    public Func<IGridStore>? Ledger { get; init; }

    /// <summary>How long a lease on a cell lasts unless it is renewed, where the node is a coordinator. Default 20 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Called once the node is a member of a cluster, on any thread. Default nothing.</summary>
    public Action Joined { get; init; } = static () => { };

    /// <summary>Told about everything that happens to the worker, in order. Default nobody.</summary>
    public Action<NodeEvent> Watch { get; init; } = static _ => { };

    /// <summary>Told about everything that happens to the collector, in order. Default nobody.</summary>
    public Action<CollectorEvent> WatchCollector { get; init; } = static _ => { };
}

namespace PlaNet.Cluster.Nodes;

/// <summary>Settings of a node's worker.</summary>
public sealed record NodeOptions
{
    /// <summary>Number of slots: concurrent runs, each in its own process. 0 on a node that only coordinates. Default 1.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Duration of a lease. At least three times <see cref="Heartbeat"/>. Default 20 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Interval between lease renewals. Default 5 seconds.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Number of failures after which a cell is not retried any more, at least 1. Default 3.</summary>
    public int Budget { get; init; } = 3;

    /// <summary>Name of this node as owner of leases. Default <see cref="NodeIdentity.OfThisProcess"/>.</summary>
    public string Owner { get; init; } = NodeIdentity.OfThisProcess;

    /// <summary>Folder of the run directories.</summary>
    public required string Runs { get; init; }

    /// <summary>The grid whose cells to run; null for any. Default null.</summary>
    public string? Grid { get; init; }

    /// <summary>Whether the node ends once no cell is queued or running; otherwise it waits for more. Default false.</summary>
    public bool UntilDone { get; init; }

    /// <summary>Device of the runs: <c>cpu</c> or <c>cuda</c>. Default <c>cpu</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>
    /// Returns further command-line arguments of a run. Called at every start of a run, when the address of this node is known.
    /// By default returns none.
    /// </summary>
    public Func<IReadOnlyList<string>> ExtraArguments { get; init; } = static () => [];

    /// <summary>The command line that starts <c>planet</c>, program first.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>How long a run may take to save everything and exit before it is killed. Default 2 minutes.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromMinutes(2);
}

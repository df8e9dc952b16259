namespace PlaNet.Cluster.Nodes;

/// <summary>How a node works.</summary>
public sealed record NodeOptions
{
    /// <summary>Runs at a time, each in a process of its own. 0 for a node that only coordinates. Default 1.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>How long a lease lasts unless it is renewed. Default 20 seconds. At least three times <see cref="Heartbeat"/>.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time between two renewals. Default 5 seconds.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Failures with which a cell fails for good, at least 1. Default 3.</summary>
    public int Budget { get; init; } = 3;

    /// <summary>Name of this node, under which it holds cells. Default: that of this process, <see cref="NodeIdentity"/>.</summary>
    public string Owner { get; init; } = NodeIdentity.OfThisProcess;

    /// <summary>Where run directories go.</summary>
    public required string Runs { get; init; }

    /// <summary>The grid whose cells are run; null for any.</summary>
    public string? Grid { get; init; }

    /// <summary>Whether the node ends once no cell is queued or running; otherwise it waits for more.</summary>
    public bool UntilDone { get; init; }

    /// <summary>The device of the runs: cpu or cuda.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>What else the command line of a run says, once it is known where this node listens. Default nothing.</summary>
    public Func<IReadOnlyList<string>> RunWords { get; init; } = static () => [];

    /// <summary>The <c>planet</c> command as it is started, program first.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>How long a run has to save itself when it is told to stop, before it is killed. Default 2 minutes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);
}

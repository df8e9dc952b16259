using PlaNet.Cluster.Security;

namespace PlaNet.Cluster.Slurm;

/// <summary>A job array of Slurm in which every task is a node of a grid.</summary>
public sealed record SlurmJob
{
    /// <summary>The longest warning before the time limit: what a node may take to end in order (<see cref="Nodes.NodeOptions.Patience"/>), and a minute.</summary>
    public static readonly TimeSpan LongestNotice = TimeSpan.FromMinutes(3);

    /// <summary>The shortest time limit. Slurm looks at its clock every half minute, so that a shorter one could be over before any work.</summary>
    public static readonly TimeSpan ShortestTime = TimeSpan.FromMinutes(2);

    /// <summary>The grid whose cells are run.</summary>
    public required string Grid { get; init; }

    /// <summary>Where the grid coordinator lets nodes join, as every task can reach it; at least one address.</summary>
    public required IReadOnlyList<ClusterEndpoint> Join { get; init; }

    /// <summary>Whether tasks on other machines may take part without TLS. Default false.</summary>
    public bool Insecure { get; init; }

    /// <summary>
    /// How long a task looks for the coordinator, at first and when it has lost it, before it gives its cores back. Default 10 minutes: a
    /// command that was interrupted may be begun again meanwhile.
    /// </summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Full path of the directory of runs.</summary>
    public required string Runs { get; init; }

    /// <summary>The <c>planet</c> command as it is started, program first, by full paths.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>Tasks of the array, each a node of its own. 1 to 1000, which is what Slurm allows unless it is set up otherwise. Default 1.</summary>
    public int Tasks { get; init; } = 1;

    /// <summary>Cores of a task, at least 1. Default 1.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>GPUs of a task. A task runs as many runs at a time, and one on the CPU where there is none. Default 0.</summary>
    public int Gpus { get; init; }

    /// <summary>Time limit of a task, at least <see cref="ShortestTime"/>; null for the partition's.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>The partition; null for the default one.</summary>
    public string? Partition { get; init; }

    /// <summary>How long before the time limit a task is told to stop: a quarter of the limit, at most <see cref="LongestNotice"/>.</summary>
    public TimeSpan Notice => Time is { } time && time / 4 < LongestNotice ? time / 4 : LongestNotice;
}

using PlaNet.Cluster.Security;

namespace PlaNet.Cluster.Slurm;

/// <summary>A Slurm job array. Every task is a node of a grid.</summary>
public sealed record SlurmJob
{
    /// <summary>
    /// The longest warning before the time limit: the time that a node may take to stop (<see cref="Nodes.NodeOptions.StopTimeout"/>), plus
    /// a minute.
    /// </summary>
    public static readonly TimeSpan LongestNotice = TimeSpan.FromMinutes(3);

    /// <summary>The shortest time limit. Slurm checks its clock every 30 seconds, so a shorter limit could end before any work.</summary>
    public static readonly TimeSpan ShortestTime = TimeSpan.FromMinutes(2);

    /// <summary>The grid whose cells are run.</summary>
    public required string Grid { get; init; }

    /// <summary>Endpoints of the grid coordinator that every task can reach, at least one.</summary>
    public required IReadOnlyList<ClusterEndpoint> Join { get; init; }

    /// <summary>Whether tasks on other machines may join without TLS. Default false.</summary>
    public bool Insecure { get; init; }

    /// <summary>
    /// How long a task waits for the coordinator, at its start and after it has lost the coordinator, before it ends and frees its cores.
    /// Default 10 minutes, enough to restart an interrupted command.
    /// </summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Full path of the runs directory.</summary>
    public required string Runs { get; init; }

    /// <summary>Command line of <c>planet</c>: the program and its first arguments, with full paths.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>Tasks of the array, one node each. 1 to 1000, Slurm's default limit. Default 1.</summary>
    public int Tasks { get; init; } = 1;

    /// <summary>Cores of a task, at least 1. Default 1.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>GPUs of a task, with one run at a time on each; with 0 the task has one run on the CPU. Default 0.</summary>
    public int Gpus { get; init; }

    /// <summary>Time limit of a task, at least <see cref="ShortestTime"/>; null for the partition's limit.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>The partition; null for the default one.</summary>
    public string? Partition { get; init; }

    /// <summary>Time before the limit at which a task is stopped: a quarter of the limit, at most <see cref="LongestNotice"/>.</summary>
    public TimeSpan Notice => Time is { } time && time / 4 < LongestNotice ? time / 4 : LongestNotice;
}

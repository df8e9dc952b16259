namespace PlaNet.Telemetry.Comparisons;

/// <summary>Expected runs and bootstrap settings of a comparison.</summary>
public sealed record ComparisonOptions
{
    /// <summary>
    /// Number of seeds expected of every experiment, counted from 0. Default null: only gaps between the recorded seeds are missing runs.
    /// </summary>
    public int? Seeds { get; init; }

    /// <summary>
    /// Planned runs. Those without a record are shown as missing, even if their experiment has no run at all. Default none.
    /// </summary>
    public IReadOnlyList<PlannedRun> Planned { get; init; } = [];

    /// <summary>Seed of the bootstrap, so that the same runs give the same intervals. Default 0.</summary>
    public ulong BootstrapSeed { get; init; }

    /// <summary>Bootstrap replicates per interval. At least 1. Default 10,000.</summary>
    public int Replicates { get; init; } = 10_000;
}

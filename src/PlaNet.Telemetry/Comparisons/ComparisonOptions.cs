namespace PlaNet.Telemetry.Comparisons;

/// <summary>What a comparison of runs expects to find.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Seeds that every experiment is to have, counted from 0. Default null: none but gaps between the seeds that are there.</summary>
    public int? Seeds { get; init; }

    /// <summary>Runs that are planned: those that are not there are shown as missing, also where an experiment has none at all. Default none.</summary>
    public IReadOnlyList<PlannedRun> Planned { get; init; } = [];

    /// <summary>Seed of the bootstrap: the same runs give the same intervals. Default 0.</summary>
    public ulong BootstrapSeed { get; init; }

    /// <summary>How often seeds are redrawn for an interval. At least 1. Default 10,000.</summary>
    public int Replicates { get; init; } = 10_000;
}

using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>A planned run, whether or not it has started.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Seed">The seed.</param>
public sealed record PlannedRun(Experiment Experiment, ulong Seed);

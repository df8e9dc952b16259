using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>A run that is to be, whether or not it has begun.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Seed">The seed.</param>
public sealed record PlannedRun(Experiment Experiment, ulong Seed);

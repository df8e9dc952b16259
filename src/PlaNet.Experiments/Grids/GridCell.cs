namespace PlaNet.Experiments.Grids;

/// <summary>One run of a grid.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Seed">The run's seed.</param>
public sealed record GridCell(Experiment Experiment, ulong Seed)
{
    /// <summary>
    /// The cell's name: its run directory below the directory of runs, <c>experiment/seed-hash</c>. Equal names mean equal runs, so a
    /// finished one is never run twice.
    /// </summary>
    public string Name => $"{Experiment.Name}/{Seed}-{ExperimentHash.Of(Experiment)}";
}

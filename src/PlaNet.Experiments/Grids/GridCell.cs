namespace PlaNet.Experiments.Grids;

/// <summary>One run of a grid.</summary>
/// <param name="Experiment">Experiment of the run.</param>
/// <param name="Seed">Seed of the run.</param>
public sealed record GridCell(Experiment Experiment, ulong Seed)
{
    /// <summary>
    /// The cell's name <c>experiment/seed-hash</c>, which is also the path of its run directory in the runs directory. Equal names mean
    /// equal runs, so a finished run is not repeated.
    /// </summary>
    public string Name => $"{Experiment.Name}/{Seed}-{ExperimentHash.Of(Experiment)}";
}

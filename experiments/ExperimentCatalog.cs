using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>Every experiment that can be launched by name. A new one is a record in this folder and an entry in <see cref="Single"/>.</summary>
public static class ExperimentCatalog
{
    /// <summary>Experiments with names of their own, in the order in which they are listed.</summary>
    public static IReadOnlyList<Experiment> Single { get; } = [CpuSized.Quickstart, Paper.Planet, .. Paper.Presets, .. AllTasks.All];

    /// <summary>Experiments whose names are made of size, variant and task.</summary>
    public static IReadOnlyList<ExperimentGrid> Grids { get; } = [CpuSized.Grid, Paper.Grid];

    /// <summary>All experiments, in the order in which they are listed.</summary>
    public static IReadOnlyList<Experiment> All { get; } = [.. Single, .. Grids.SelectMany(grid => grid.Experiments)];

    /// <summary>The experiment of a name.</summary>
    /// <param name="name">The name, exactly.</param>
    /// <exception cref="ExperimentException">There is none; the message names the nearest one.</exception>
    public static Experiment Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(experiment => string.Equals(experiment.Name, name, StringComparison.Ordinal))
            ?? throw new ExperimentException(
                $"there is no experiment \"{name}\": did you mean {NearestName.Find(name, All.Select(experiment => experiment.Name))}? "
                + "`planet experiments --all` lists them");
    }
}

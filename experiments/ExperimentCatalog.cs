using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>
/// All experiments that can be launched by name. To add one, define a record in this folder and list it in <see cref="Single"/>.
/// </summary>
public static class ExperimentCatalog
{
    /// <summary>Experiments with individual names, in display order.</summary>
    public static IReadOnlyList<Experiment> Single { get; } =
        [CpuSized.Quickstart, CpuSized.Small, .. Survival.All, Paper.Planet, .. Paper.Presets, .. AllTasks.All];

    /// <summary>Groups of experiments that are named <c>size_variant_task</c>.</summary>
    public static IReadOnlyList<ExperimentGrid> Grids { get; } = [CpuSized.Grid, Paper.Grid];

    /// <summary>All experiments, in display order.</summary>
    public static IReadOnlyList<Experiment> All { get; } = [.. Single, .. Laptop.All, .. Grids.SelectMany(grid => grid.Experiments)];

    /// <summary>Finds an experiment by its exact name.</summary>
    /// <exception cref="ExperimentException">There is no experiment of that name; the message names the nearest one.</exception>
    public static Experiment Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(experiment => string.Equals(experiment.Name, name, StringComparison.Ordinal))
            ?? throw new ExperimentException(
                $"there is no experiment \"{name}\": did you mean {NearestName.Find(name, All.Select(experiment => experiment.Name))}? "
                + "`planet experiments --all` lists them");
    }
}

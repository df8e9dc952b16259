using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>Every experiment that can be launched by name. A new one is a record in this folder and a line in <see cref="All"/>.</summary>
public static class ExperimentCatalog
{
    /// <summary>All experiments, in the order in which they are listed.</summary>
    public static IReadOnlyList<Experiment> All { get; } = [CpuSized.Quickstart, Paper.Planet];

    /// <summary>The experiment of a name.</summary>
    /// <param name="name">The name, exactly.</param>
    /// <exception cref="ExperimentException">There is none; the message names the nearest one.</exception>
    public static Experiment Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(experiment => string.Equals(experiment.Name, name, StringComparison.Ordinal))
            ?? throw new ExperimentException(
                $"there is no experiment \"{name}\": did you mean {NearestName.Find(name, All.Select(experiment => experiment.Name))}? "
                + "`planet experiments` lists them all");
    }
}

namespace PlaNet.Experiments.Grids;

/// <summary>
/// Your own experiments and grids. <c>--experiments</c> names an assembly; every public class in it that implements this interface and has
/// a constructor without parameters is loaded, and its experiments and grids are launched by name like the built-in ones.
/// </summary>
public interface IExperimentCatalog
{
    /// <summary>The experiments. Their names must be unique, also among the built-in experiments.</summary>
    IReadOnlyList<Experiment> Experiments { get; }

    /// <summary>
    /// The grids. Their names must be unique, also among the built-in grids. They may hold experiments that are not in
    /// <see cref="Experiments"/>.
    /// </summary>
    IReadOnlyList<Grid> Grids { get; }
}

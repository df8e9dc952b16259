namespace PlaNet.Experiments.Grids;

/// <summary>
/// Experiments and grids of your own. A public class that implements this and has a constructor without parameters is found in an
/// assembly that <c>--experiments</c> names; its experiments and grids are then launched by name like the built-in ones.
/// </summary>
public interface IExperimentCatalog
{
    /// <summary>The experiments; their names are those of no other experiment.</summary>
    IReadOnlyList<Experiment> Experiments { get; }

    /// <summary>The grids; their names are those of no other grid. They may hold experiments that are not in <see cref="Experiments"/>.</summary>
    IReadOnlyList<Grid> Grids { get; }
}

using PlaNet.Experiments.Grids;

namespace PlaNet.Catalog;

/// <summary>Every grid that can be launched by name.</summary>
public static class GridCatalog
{
    /// <summary>All grids, in the order in which they are listed.</summary>
    public static IReadOnlyList<Grid> All { get; } = [SmokeGrid.Smoke, .. PaperGrids.All];
}

using PlaNet.Experiments.Grids;

namespace PlaNet.Catalog;

/// <summary>All grids that can be launched by name.</summary>
public static class GridCatalog
{
    /// <summary>All grids, in display order.</summary>
    public static IReadOnlyList<Grid> All { get; } = [SmokeGrid.Smoke, LearningGrid.Learning, LaptopGrid.Laptop, .. PaperGrids.All];
}

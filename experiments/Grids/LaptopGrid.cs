using PlaNet.Experiments.Grids;

namespace PlaNet.Catalog;

/// <summary>The paper's table as far as a laptop gets (docs/results.md).</summary>
public static class LaptopGrid
{
    /// <summary>Two seeds of every task.</summary>
    public static Grid Laptop { get; } = Grid.Of(
        "Laptop",
        "Every task of the suite with the agent of quickstart, for two CPU cores, one run at a time",
        Catalog.Laptop.All,
        seeds: 2);
}

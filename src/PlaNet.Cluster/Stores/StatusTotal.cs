namespace PlaNet.Cluster.Stores;

/// <summary>Totals over the cells that have one status.</summary>
/// <param name="Status">The status.</param>
/// <param name="Cells">Number of cells.</param>
/// <param name="Steps">Total steps of their schedules.</param>
/// <param name="Done">Total completed steps, capped per cell at the steps of its schedule.</param>
public sealed record StatusTotal(CellStatus Status, int Cells, long Steps, long Done);

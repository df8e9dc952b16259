namespace PlaNet.Cluster.Stores;

/// <summary>Sums over the cells that have one status.</summary>
/// <param name="Status">The status.</param>
/// <param name="Cells">How many cells have it.</param>
/// <param name="Steps">Steps of their schedules.</param>
/// <param name="Done">Steps that are done; of a cell no more than its schedule has.</param>
public sealed record StatusTotal(CellStatus Status, int Cells, long Steps, long Done);

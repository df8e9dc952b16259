using MessagePack;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Status;

/// <summary>Status of the worker of a node.</summary>
/// <param name="Owner">Name of the worker in its leases.</param>
/// <param name="Slots">Maximal number of concurrent runs, at least 1.</param>
/// <param name="Cells">The cells that it holds, at most <paramref name="Slots"/>.</param>
[MessagePackObject]
public sealed record WorkerStatus(
    [property: Key(0)] string Owner, [property: Key(1)] int Slots, [property: Key(2)] IReadOnlyList<CellKey> Cells)
{
    /// <summary>Why the values are invalid; null if they are valid.</summary>
    internal string? Flaw =>
        Owner is null ? "the name of a worker is missing"
        : Slots < 1 ? $"the worker {Owner} has {Slots} slots but must have at least 1"
        : Cells is null || Cells.Any(cell => cell?.Grid is null || cell.Name is null) ? $"a cell of the worker {Owner} is missing"
        : Cells.Count > Slots ? $"the worker {Owner} holds {Cells.Count} cells but has only {Slots} slots"
        : null;
}

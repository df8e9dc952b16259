using MessagePack;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Status;

/// <summary>How the worker of a node stands.</summary>
/// <param name="Owner">Name under which it holds cells.</param>
/// <param name="Places">Runs that it does at a time, at least 1.</param>
/// <param name="Cells">The cells that it holds, at most as many as it has places.</param>
[MessagePackObject]
public sealed record WorkerStanding([property: Key(0)] string Owner, [property: Key(1)] int Places, [property: Key(2)] IReadOnlyList<CellKey> Cells)
{
    /// <summary>Why the values cannot be used; null where they can.</summary>
    internal string? Flaw =>
        Owner is null ? "the name of a worker is missing"
        : Places < 1 ? $"the worker {Owner} has {Places} places but it must be at least 1"
        : Cells is null || Cells.Any(cell => cell?.Grid is null || cell.Name is null) ? $"a cell of the worker {Owner} is missing"
        : Cells.Count > Places ? $"the worker {Owner} holds {Cells.Count} cells but has {Places} places"
        : null;
}

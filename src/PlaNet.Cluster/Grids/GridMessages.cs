using MessagePack;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;
using PlaNet.Cluster.Wire;

namespace PlaNet.Cluster.Grids;

/// <summary>A cell that a worker holds.</summary>
/// <param name="Key">The cell.</param>
/// <param name="Epoch">Under which epoch.</param>
/// <param name="Step">Steps of its schedule that are done, as far as the worker knows.</param>
[MessagePackObject]
public sealed record HeldCell([property: Key(0)] CellKey Key, [property: Key(1)] long Epoch, [property: Key(2)] long Step);

/// <summary>A worker reports what it holds, and asks for as many cells as it could run beside. Answered by <see cref="WorkerOrders"/>.</summary>
/// <param name="Number">Number of the report, rising; the answer repeats it.</param>
/// <param name="Owner">Name of the worker, under which it holds cells.</param>
/// <param name="Grid">The grid whose cells it takes; null for any.</param>
/// <param name="Free">Cells that it could begin now.</param>
/// <param name="Held">The cells it holds.</param>
[MessagePackObject]
public sealed record WorkerReport(
    [property: Key(0)] long Number,
    [property: Key(1)] string Owner,
    [property: Key(2)] string? Grid,
    [property: Key(3)] int Free,
    [property: Key(4)] IReadOnlyList<HeldCell> Held) : IWireMessage;

/// <summary>The coordinator has renewed the leases of a report, except those that are lost, and grants further cells.</summary>
/// <param name="Number">Number of the report.</param>
/// <param name="Lost">Cells that the worker no longer holds: whoever runs them has to stop.</param>
/// <param name="Granted">Cells that the worker holds from now on. One that never reaches it returns to the queue when its lease ends.</param>
/// <param name="Standing">How the cells of the worker's grid stand.</param>
[MessagePackObject]
public sealed record WorkerOrders(
    [property: Key(0)] long Number,
    [property: Key(1)] IReadOnlyList<HeldCell> Lost,
    [property: Key(2)] IReadOnlyList<CellLease> Granted,
    [property: Key(3)] GridProgress Standing) : IWireMessage;

/// <summary>The coordinator cannot use its ledger: nothing was renewed and nothing recorded. To be asked again.</summary>
/// <param name="Reason">Why, on one line.</param>
[MessagePackObject]
public sealed record LedgerUnavailable([property: Key(0)] string Reason) : IWireMessage;

/// <summary>There may be cells to run: workers with room report at once instead of at their next heartbeat.</summary>
[MessagePackObject]
public sealed record WorkAvailable : IWireMessage;

/// <summary>Leases may have been taken away: workers report at once instead of at their next heartbeat, and are told which they have lost.</summary>
[MessagePackObject]
public sealed record LeasesChanged : IWireMessage;

/// <summary>How a run of a cell ended.</summary>
public enum CellOutcome
{
    /// <summary>The run is complete.</summary>
    Completed = 0,

    /// <summary>The run ended in an error.</summary>
    Failed = 1,

    /// <summary>The worker gives the cell back; nothing is wrong with the run.</summary>
    Released = 2,
}

/// <summary>A run of a cell has ended. Sent again until <see cref="CellEndRecorded"/> answers it.</summary>
/// <param name="Number">Number of the end, rising; the answer repeats it.</param>
/// <param name="Owner">Name of the worker.</param>
/// <param name="Key">The cell.</param>
/// <param name="Epoch">Under which epoch it was held.</param>
/// <param name="Steps">Steps of its schedule.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it failed, on one line; empty where it did not.</param>
/// <param name="Budget">Failures with which the cell fails for good, at least 1.</param>
[MessagePackObject]
public sealed record CellEnded(
    [property: Key(0)] long Number,
    [property: Key(1)] string Owner,
    [property: Key(2)] CellKey Key,
    [property: Key(3)] long Epoch,
    [property: Key(4)] long Steps,
    [property: Key(5)] CellOutcome Outcome,
    [property: Key(6)] string Reason,
    [property: Key(7)] int Budget) : IWireMessage;

/// <summary>The end of a run is in the ledger.</summary>
/// <param name="Number">Number of the end.</param>
/// <param name="Status">How the cell stands now; null where the lease was lost and nothing was recorded.</param>
[MessagePackObject]
public sealed record CellEndRecorded([property: Key(0)] long Number, [property: Key(1)] CellStatus? Status) : IWireMessage;

/// <summary>Adds cells of a grid that are not there yet. Answered by <see cref="CellsAdded"/>; repeating it adds nothing.</summary>
/// <param name="Grid">Name of the grid.</param>
/// <param name="Cells">The cells, in the order in which they are to be begun; a few at a time, to keep within the size of a frame.</param>
[MessagePackObject]
public sealed record AddCells([property: Key(0)] string Grid, [property: Key(1)] IReadOnlyList<NewCell> Cells) : IWireMessage;

/// <summary>Cells were added.</summary>
/// <param name="Added">How many were new.</param>
[MessagePackObject]
public sealed record CellsAdded([property: Key(0)] int Added) : IWireMessage;

/// <summary>Asks for a page of the cells, in the order in which they were added. Answered by <see cref="CellPage"/>.</summary>
/// <param name="Grid">Of which grid; null for all.</param>
/// <param name="First">Number of the first, from 0.</param>
/// <param name="Count">How many at most.</param>
[MessagePackObject]
public sealed record ListCells([property: Key(0)] string? Grid, [property: Key(1)] int First, [property: Key(2)] int Count) : IWireMessage
{
    /// <summary>Most cells of a page. A row has some 300 bytes, and a frame holds 1 MB.</summary>
    public const int Most = 1000;

    string? IWireMessage.Flaw =>
        First < 0 ? $"the first cell is {First} but must be at least 0"
        : Count is < 1 or > Most ? $"{Count} cells are asked for but it must be 1 to {Most}"
        : null;
}

/// <summary>A page of the cells.</summary>
/// <param name="Rows">The cells: fewer than were asked for behind the last one, or where their texts would not fit into a frame.</param>
/// <param name="All">How many there are on all pages.</param>
[MessagePackObject]
public sealed record CellPage([property: Key(0)] IReadOnlyList<CellRow> Rows, [property: Key(1)] int All) : IWireMessage;

/// <summary>A person asks for a change of a cell. Answered by <see cref="CellChanged"/>.</summary>
/// <param name="Key">The cell.</param>
/// <param name="Change">The change.</param>
[MessagePackObject]
public sealed record ChangeCell([property: Key(0)] CellKey Key, [property: Key(1)] CellChange Change) : IWireMessage
{
    string? IWireMessage.Flaw => Enum.IsDefined(Change) ? null : $"the change {(int)Change} is unknown";
}

/// <summary>A change of a cell is in the ledger, or was not allowed.</summary>
/// <param name="Change">The change that was asked for.</param>
/// <param name="IsDone">False when there is no such cell, or the change is not allowed from its status.</param>
[MessagePackObject]
public sealed record CellChanged([property: Key(0)] CellChange Change, [property: Key(1)] bool IsDone) : IWireMessage
{
    string? IWireMessage.Flaw => Enum.IsDefined(Change) ? null : $"the change {(int)Change} is unknown";
}

/// <summary>Asks what has happened to a cell. Answered by <see cref="CellHistory"/>.</summary>
/// <param name="Key">The cell.</param>
[MessagePackObject]
public sealed record AskHistory([property: Key(0)] CellKey Key) : IWireMessage;

/// <summary>What has happened to a cell, oldest first.</summary>
/// <param name="Events">The changes that it went through; the newest 1,000 where there are more, to keep within the size of a frame.</param>
[MessagePackObject]
public sealed record CellHistory([property: Key(0)] IReadOnlyList<CellEvent> Events) : IWireMessage
{
    /// <summary>Most changes of an answer.</summary>
    public const int Most = 1000;
}

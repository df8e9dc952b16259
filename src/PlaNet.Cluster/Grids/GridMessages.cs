using MessagePack;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;
using PlaNet.Cluster.Wire;

namespace PlaNet.Cluster.Grids;

/// <summary>A cell that a worker holds.</summary>
/// <param name="Key">The cell.</param>
/// <param name="Epoch">Epoch of the lease.</param>
/// <param name="Step">Completed steps of its schedule, as last read by the worker.</param>
[MessagePackObject]
public sealed record HeldCell([property: Key(0)] CellKey Key, [property: Key(1)] long Epoch, [property: Key(2)] long Step);

/// <summary>A worker's report of the cells it holds and request for more. The reply is <see cref="WorkerOrders"/>.</summary>
/// <param name="Number">Increasing sequence number of the report; the reply repeats it.</param>
/// <param name="Owner">Name of the worker as owner of leases.</param>
/// <param name="Grid">The grid whose cells it takes; null for any.</param>
/// <param name="Free">Number of cells requested: the worker's free slots.</param>
/// <param name="Held">The cells it holds.</param>
[MessagePackObject]
public sealed record WorkerReport(
    [property: Key(0)] long Number,
    [property: Key(1)] string Owner,
    [property: Key(2)] string? Grid,
    [property: Key(3)] int Free,
    [property: Key(4)] IReadOnlyList<HeldCell> Held) : IWireMessage;

/// <summary>The reply to a report: the coordinator has renewed all reported leases except the lost ones, and grants more cells.</summary>
/// <param name="Number">Sequence number of the report.</param>
/// <param name="Lost">Cells that the worker no longer holds; it must stop their runs.</param>
/// <param name="Granted">
/// Cells that the worker holds from now on. If the reply is lost, their status stays running, and they can be
/// claimed again when their leases expire.
/// </param>
/// <param name="Progress">Progress of the worker's grid.</param>
[MessagePackObject]
public sealed record WorkerOrders(
    [property: Key(0)] long Number,
    [property: Key(1)] IReadOnlyList<HeldCell> Lost,
    [property: Key(2)] IReadOnlyList<CellLease> Granted,
    [property: Key(3)] GridProgress Progress) : IWireMessage;

/// <summary>The reply if the coordinator cannot use its store: nothing was renewed or recorded, and the sender should retry.</summary>
/// <param name="Reason">Why, on one line.</param>
[MessagePackObject]
public sealed record StoreUnavailable([property: Key(0)] string Reason) : IWireMessage;

/// <summary>Cells may have become available: workers with free slots report at once instead of at their next heartbeat.</summary>
[MessagePackObject]
public sealed record WorkAvailable : IWireMessage;

/// <summary>Leases may have been lost: workers report at once instead of at their next heartbeat. The reply lists the lost cells.</summary>
[MessagePackObject]
public sealed record LeasesChanged : IWireMessage;

/// <summary>How a run of a cell ended.</summary>
public enum CellOutcome
{
    /// <summary>The run has completed its schedule.</summary>
    Completed = 0,

    /// <summary>The run ended in an error.</summary>
    Failed = 1,

    /// <summary>The worker released the cell without a failure of the run.</summary>
    Released = 2,
}

/// <summary>A run of a cell has ended. Sent again until the reply <see cref="CellEndRecorded"/> arrives.</summary>
/// <param name="Number">Increasing sequence number of the message; the reply repeats it.</param>
/// <param name="Owner">Name of the worker.</param>
/// <param name="Key">The cell.</param>
/// <param name="Epoch">Epoch of the lease.</param>
/// <param name="Steps">Number of steps of its schedule.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it failed, on one line; empty if it did not fail.</param>
/// <param name="Budget">Number of failures after which the cell is not retried any more, at least 1.</param>
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

/// <summary>The end of a run was recorded in the store.</summary>
/// <param name="Number">Sequence number of the <see cref="CellEnded"/>.</param>
/// <param name="Status">New status of the cell; null if the lease was lost and nothing was recorded.</param>
[MessagePackObject]
public sealed record CellEndRecorded([property: Key(0)] long Number, [property: Key(1)] CellStatus? Status) : IWireMessage;

/// <summary>Adds the cells that a grid does not contain yet. Idempotent. The reply is <see cref="CellsAdded"/>.</summary>
/// <param name="Grid">Name of the grid.</param>
/// <param name="Cells">The cells, in the order in which to run them; few enough for one frame.</param>
[MessagePackObject]
public sealed record AddCells([property: Key(0)] string Grid, [property: Key(1)] IReadOnlyList<NewCell> Cells) : IWireMessage;

/// <summary>Cells were added.</summary>
/// <param name="Added">Number of cells that were added.</param>
[MessagePackObject]
public sealed record CellsAdded([property: Key(0)] int Added) : IWireMessage;

/// <summary>Requests a page of the cells, in the order in which they were added. The reply is <see cref="CellPage"/>.</summary>
/// <param name="Grid">Name of the grid; null for all grids.</param>
/// <param name="First">Index of the first cell, from 0.</param>
/// <param name="Count">Maximum number of cells, 1 to <see cref="MaxCount"/>.</param>
[MessagePackObject]
public sealed record ListCells([property: Key(0)] string? Grid, [property: Key(1)] int First, [property: Key(2)] int Count) : IWireMessage
{
    /// <summary>Maximum number of cells of a page. A row takes about 300 bytes, and a frame holds at most 1 MB.</summary>
    public const int MaxCount = 1000;

    string? IWireMessage.Flaw =>
        First < 0 ? $"the index of the first cell is {First} but must be at least 0"
        : Count is < 1 or > MaxCount ? $"the number of requested cells is {Count} but must be 1 to {MaxCount}"
        : null;
}

/// <summary>A page of the cells.</summary>
/// <param name="Rows">The cells; fewer than requested at the end of the list, or if more would not fit into a frame.</param>
/// <param name="All">Total number of cells on all pages.</param>
[MessagePackObject]
public sealed record CellPage([property: Key(0)] IReadOnlyList<CellRow> Rows, [property: Key(1)] int All) : IWireMessage;

/// <summary>A user's request to change a cell. The reply is <see cref="CellChanged"/>.</summary>
/// <param name="Key">The cell.</param>
/// <param name="Change">The change.</param>
[MessagePackObject]
public sealed record ChangeCell([property: Key(0)] CellKey Key, [property: Key(1)] CellChange Change) : IWireMessage
{
    string? IWireMessage.Flaw => Enum.IsDefined(Change) ? null : $"the change {(int)Change} is unknown";
}

/// <summary>The result of <see cref="ChangeCell"/>.</summary>
/// <param name="Change">The requested change.</param>
/// <param name="IsDone">Whether the change was recorded; false if there is no such cell, or its status does not allow the change.</param>
[MessagePackObject]
public sealed record CellChanged([property: Key(0)] CellChange Change, [property: Key(1)] bool IsDone) : IWireMessage
{
    string? IWireMessage.Flaw => Enum.IsDefined(Change) ? null : $"the change {(int)Change} is unknown";
}

/// <summary>Requests the history of a cell. The reply is <see cref="CellHistory"/>.</summary>
/// <param name="Key">The cell.</param>
[MessagePackObject]
public sealed record AskHistory([property: Key(0)] CellKey Key) : IWireMessage;

/// <summary>The history of a cell.</summary>
/// <param name="Events">Its changes, oldest first; only the newest <see cref="MaxEvents"/>, to fit into a frame.</param>
[MessagePackObject]
public sealed record CellHistory([property: Key(0)] IReadOnlyList<CellEvent> Events) : IWireMessage
{
    /// <summary>Maximum number of changes in a reply.</summary>
    public const int MaxEvents = 1000;
}

using MessagePack;
using PlaNet.Cluster.Nodes;

namespace PlaNet.Cluster.Stores;

/// <summary>The identity of a cell in a store.</summary>
/// <param name="Grid">Name of its grid.</param>
/// <param name="Name">Name of the cell: the path of its run directory below the folder of runs.</param>
[MessagePackObject]
public sealed record CellKey([property: Key(0)] string Grid, [property: Key(1)] string Name);

/// <summary>A cell to add. It contains its whole experiment, so that a node needs only the program to run it.</summary>
/// <param name="Name">Name of the cell: the path of its run directory below the folder of runs.</param>
/// <param name="Experiment">The experiment as canonical JSON.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Steps">Number of steps of the run's schedule.</param>
[MessagePackObject]
public sealed record NewCell(
    [property: Key(0)] string Name, [property: Key(1)] string Experiment, [property: Key(2)] ulong Seed, [property: Key(3)] long Steps);

/// <summary>A node's lease on a cell.</summary>
/// <param name="Key">Identity of the cell.</param>
/// <param name="Owner">Name of the node that claimed the cell.</param>
/// <param name="Epoch">Epoch of the claim.</param>
/// <param name="Cell">The experiment, seed and schedule to run.</param>
[MessagePackObject]
public sealed record CellLease(
    [property: Key(0)] CellKey Key, [property: Key(1)] string Owner, [property: Key(2)] long Epoch, [property: Key(3)] NewCell Cell);

/// <summary>A cell in a list, without its experiment.</summary>
/// <param name="Key">Identity of the cell.</param>
/// <param name="Steps">Number of steps of its schedule.</param>
/// <param name="State">Its state.</param>
/// <param name="ReadAt">When the state was read, by the store's clock, which may differ from the reader's.</param>
[MessagePackObject]
public sealed record CellRow(
    [property: Key(0)] CellKey Key,
    [property: Key(1)] long Steps,
    [property: Key(2)] CellState State,
    [property: Key(3)] DateTimeOffset ReadAt);

/// <summary>
/// A store of the cells of grids and of the leases on them. Safe for concurrent use by threads and processes, and by several machines if
/// the database allows it. Every change is durable when its method returns. <see cref="CellState"/> defines the changes.
/// </summary>
/// <remarks>Every method throws <see cref="GridStoreException"/> if the store cannot be reached or used.</remarks>
public interface IGridStore : IDisposable
{
    /// <summary>The store's address without a password, for messages.</summary>
    string Address { get; }

    /// <summary>Appends the cells that the grid does not contain yet.</summary>
    /// <param name="grid">Name of the grid.</param>
    /// <param name="cells">The cells, in the order in which to run them.</param>
    /// <returns>Number of cells that were added.</returns>
    int Add(string grid, IReadOnlyList<NewCell> cells);

    /// <summary>Claims a cell: one with an expired lease if there is any, otherwise the first queued one.</summary>
    /// <param name="owner">Name of the claiming node.</param>
    /// <param name="lease">Duration of the lease.</param>
    /// <param name="grid">Name of the grid; null for any grid.</param>
    /// <returns>The lease, or null if no cell can be claimed.</returns>
    CellLease? Claim(string owner, TimeSpan lease, string? grid = null);

    /// <summary>Renews a lease and stores the run's progress.</summary>
    /// <param name="held">The lease.</param>
    /// <param name="step">Completed steps of the schedule.</param>
    /// <param name="lease">Duration of the renewed lease.</param>
    /// <returns>False if the lease is lost; the run must then be stopped.</returns>
    bool Heartbeat(CellLease held, long step, TimeSpan lease);

    /// <summary>Records that the run is complete.</summary>
    /// <returns>False if the lease is lost.</returns>
    bool Complete(CellLease held);

    /// <summary>Records that the run ended in an error.</summary>
    /// <param name="held">The lease.</param>
    /// <param name="reason">Why, on one line.</param>
    /// <param name="budget">Number of failures after which the cell is not retried any more, at least 1.</param>
    /// <returns>The new status, or null if the lease is lost.</returns>
    CellStatus? Fail(CellLease held, string reason, int budget);

    /// <summary>Returns a cell to the queue.</summary>
    /// <param name="key">The cell.</param>
    /// <param name="owner">Name of the node that holds the lease.</param>
    /// <param name="epoch">Epoch of the lease.</param>
    /// <returns>False if the lease is lost.</returns>
    bool Release(CellKey key, string owner, long epoch);

    /// <summary>Cancels an unfinished cell.</summary>
    /// <returns>False if there is no such cell, or it is done or cancelled.</returns>
    bool Cancel(CellKey key);

    /// <summary>Pauses a queued or running cell.</summary>
    /// <returns>False if there is no such cell, or it is neither queued nor running.</returns>
    bool Pause(CellKey key);

    /// <summary>Queues a failed, cancelled or paused cell again.</summary>
    /// <returns>False if there is no such cell, or it has another status.</returns>
    bool Requeue(CellKey key);

    /// <summary>All cells in the order in which they were added.</summary>
    /// <param name="grid">Name of the grid; null for all grids.</param>
    IReadOnlyList<CellRow> List(string? grid = null);

    /// <summary>A page of the cells in the order in which they were added. Reads only the rows of the page.</summary>
    /// <param name="grid">Name of the grid; null for all grids.</param>
    /// <param name="first">Index of the first cell, from 0.</param>
    /// <param name="count">Maximum number of cells, at least 1.</param>
    /// <returns>The cells of the page, and the total number of cells.</returns>
    (IReadOnlyList<CellRow> Rows, int All) Page(string? grid, int first, int count);

    /// <summary>
    /// The progress of the cells. Equals <see cref="GridProgress.Of(IReadOnlyList{CellRow})"/> of <see cref="List"/>, but is computed
    /// without reading all rows.
    /// </summary>
    /// <param name="grid">Name of the grid; null for all grids.</param>
    GridProgress Progress(string? grid = null);

    /// <summary>
    /// Executes several operations in one transaction, which is durable when this returns and rolled back if the work throws. Takes about
    /// as long as a single operation.
    /// </summary>
    /// <typeparam name="T">Type of the result.</typeparam>
    /// <param name="work">The operations. They must use the store passed to them, and only until <paramref name="work"/> returns.</param>
    T InTransaction<T>(Func<IGridStore, T> work);

    /// <summary>The recorded changes of a cell, oldest first; heartbeats are not recorded.</summary>
    IReadOnlyList<CellEvent> History(CellKey key);
}

/// <summary>A recorded change of a cell.</summary>
/// <param name="At">Time of the change by the store's clock.</param>
/// <param name="Status">Status after the change.</param>
/// <param name="Owner">The node that held the cell, or held it last; empty before the first claim.</param>
/// <param name="Epoch">Number of the last claim; 0 before the first claim.</param>
/// <param name="Reason">Reason of the last failure; empty if the cell never failed.</param>
[MessagePackObject]
public sealed record CellEvent(
    [property: Key(0)] DateTimeOffset At,
    [property: Key(1)] CellStatus Status,
    [property: Key(2)] string Owner,
    [property: Key(3)] long Epoch,
    [property: Key(4)] string Reason);

using MessagePack;
using PlaNet.Cluster.Nodes;

namespace PlaNet.Cluster.Stores;

/// <summary>Where a cell is found.</summary>
/// <param name="Grid">Name of its grid.</param>
/// <param name="Name">Name of the cell: its run directory below the directory of runs.</param>
[MessagePackObject]
public sealed record CellKey([property: Key(0)] string Grid, [property: Key(1)] string Name);

/// <summary>A cell as it is added. It carries its whole experiment, so that a node needs nothing but the program.</summary>
/// <param name="Name">Name of the cell: its run directory below the directory of runs.</param>
/// <param name="Experiment">The experiment as canonical JSON.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="Steps">Steps of the run's schedule.</param>
[MessagePackObject]
public sealed record NewCell(
    [property: Key(0)] string Name, [property: Key(1)] string Experiment, [property: Key(2)] ulong Seed, [property: Key(3)] long Steps);

/// <summary>A cell that a node holds.</summary>
/// <param name="Key">Where it is found.</param>
/// <param name="Owner">Who claimed it.</param>
/// <param name="Epoch">Under which epoch.</param>
/// <param name="Cell">What is to be run.</param>
[MessagePackObject]
public sealed record CellLease(
    [property: Key(0)] CellKey Key, [property: Key(1)] string Owner, [property: Key(2)] long Epoch, [property: Key(3)] NewCell Cell);

/// <summary>A cell as it is listed.</summary>
/// <param name="Key">Where it is found.</param>
/// <param name="Steps">Steps of its schedule.</param>
/// <param name="State">How it stands.</param>
/// <param name="ReadAt">When that was, by the store's clock: the reader's own need not agree with it.</param>
[MessagePackObject]
public sealed record CellRow(
    [property: Key(0)] CellKey Key, [property: Key(1)] long Steps, [property: Key(2)] CellState State, [property: Key(3)] DateTimeOffset ReadAt);

/// <summary>
/// The cells of grids and who runs them. Safe for any number of threads, processes and, where the store allows it, machines.
/// Every change is on disk when its method returns. What each change means is written in <see cref="CellState"/>.
/// </summary>
/// <remarks>Every method throws <see cref="GridStoreException"/> where the store cannot be reached or used.</remarks>
public interface IGridStore : IDisposable
{
    /// <summary>The store's address as it may be shown: it never holds a password.</summary>
    string Address { get; }

    /// <summary>Adds the cells of a grid that are not there yet, after those that are.</summary>
    /// <param name="grid">Name of the grid.</param>
    /// <param name="cells">The cells, in the order in which they are to be begun.</param>
    /// <returns>How many were new.</returns>
    int Add(string grid, IReadOnlyList<NewCell> cells);

    /// <summary>Claims a cell: one whose lease has ended if there is any, else the first that is queued.</summary>
    /// <param name="owner">Who claims.</param>
    /// <param name="lease">How long the lease lasts unless it is renewed.</param>
    /// <param name="grid">Of which grid; null for any.</param>
    /// <returns>The cell, or null where there is none to claim.</returns>
    CellLease? Claim(string owner, TimeSpan lease, string? grid = null);

    /// <summary>Renews a lease and says how far the run has come.</summary>
    /// <param name="held">The lease.</param>
    /// <param name="step">Steps of its schedule that are done.</param>
    /// <param name="lease">How long the lease lasts unless it is renewed again.</param>
    /// <returns>False when the lease is lost: whoever runs the cell has to stop.</returns>
    bool Heartbeat(CellLease held, long step, TimeSpan lease);

    /// <summary>Says that the run is complete.</summary>
    /// <param name="held">The lease.</param>
    /// <returns>False when the lease is lost.</returns>
    bool Complete(CellLease held);

    /// <summary>Says that the run ended in an error.</summary>
    /// <param name="held">The lease.</param>
    /// <param name="reason">Why, on one line.</param>
    /// <param name="budget">Failures with which the cell fails for good, at least 1.</param>
    /// <returns>How the cell stands now, or null when the lease is lost.</returns>
    CellStatus? Fail(CellLease held, string reason, int budget);

    /// <summary>Gives a cell back to the queue.</summary>
    /// <param name="key">The cell.</param>
    /// <param name="owner">Who claimed it.</param>
    /// <param name="epoch">Under which epoch.</param>
    /// <returns>False when the lease is lost.</returns>
    bool Release(CellKey key, string owner, long epoch);

    /// <summary>Takes an unfinished cell out of its grid.</summary>
    /// <param name="key">The cell.</param>
    /// <returns>False when there is no such cell, or it is done or cancelled.</returns>
    bool Cancel(CellKey key);

    /// <summary>Sets a queued or running cell aside.</summary>
    /// <param name="key">The cell.</param>
    /// <returns>False when there is no such cell, or it is neither queued nor running.</returns>
    bool Pause(CellKey key);

    /// <summary>Queues a failed, cancelled or paused cell again.</summary>
    /// <param name="key">The cell.</param>
    /// <returns>False when there is no such cell, or it is none of the three.</returns>
    bool Requeue(CellKey key);

    /// <summary>All cells in the order in which they were added.</summary>
    /// <param name="grid">Of which grid; null for all.</param>
    IReadOnlyList<CellRow> List(string? grid = null);

    /// <summary>Some of the cells, in the order in which they were added; no others are read.</summary>
    /// <param name="grid">Of which grid; null for all.</param>
    /// <param name="first">Number of the first, from 0.</param>
    /// <param name="count">How many at most, at least 1.</param>
    /// <returns>The cells, and how many there are in all.</returns>
    (IReadOnlyList<CellRow> Rows, int All) Page(string? grid, int first, int count);

    /// <summary>How far the cells have come: what <see cref="GridProgress.Of(IReadOnlyList{CellRow})"/> makes of <see cref="List"/>, without a list.</summary>
    /// <param name="grid">Of which grid; null for all.</param>
    GridProgress Progress(string? grid = null);

    /// <summary>
    /// Does several things in one transaction: they are on disk together when this returns, for about what one of them takes, and all of
    /// them are undone when the work throws.
    /// </summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="work">What to do, with the store that it is given and within its own call.</param>
    T Together<T>(Func<IGridStore, T> work);

    /// <summary>What has happened to a cell, oldest first; heartbeats are not kept.</summary>
    /// <param name="key">The cell.</param>
    IReadOnlyList<CellEvent> History(CellKey key);
}

/// <summary>A change that a cell went through.</summary>
/// <param name="At">When, by the store's clock.</param>
/// <param name="Status">What it became.</param>
/// <param name="Owner">Who held it.</param>
/// <param name="Epoch">Under which epoch.</param>
/// <param name="Reason">Why it failed last; empty if it never did.</param>
[MessagePackObject]
public sealed record CellEvent(
    [property: Key(0)] DateTimeOffset At,
    [property: Key(1)] CellStatus Status,
    [property: Key(2)] string Owner,
    [property: Key(3)] long Epoch,
    [property: Key(4)] string Reason);

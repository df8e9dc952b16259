using Akka.Actor;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Grids;

/// <summary>Sends requests to the grid coordinator of a cluster, from one of its nodes or from outside.</summary>
/// <remarks>
/// Every method throws <see cref="GridStoreException"/> if the coordinator cannot use its store, or if it does not reply within 5 s.
/// </remarks>
/// <param name="coordinator">The coordinator, or an actor that forwards to it.</param>
public sealed class GridClient(ICanTell coordinator)
{
    // A cell contains its experiment of about 4 KB, and a frame holds at most 1 MB.
    private const int CellsPerMessage = 100;

    private static readonly TimeSpan s_replyTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Sends a request and returns the reply.</summary>
    /// <typeparam name="T">Type of the reply.</typeparam>
    /// <param name="request">The request. It may be delivered more than once, so it must be idempotent.</param>
    /// <param name="cancellation">Cancels the wait for the reply.</param>
    public async Task<T> AskAsync<T>(object request, CancellationToken cancellation)
    {
        try
        {
            return await coordinator.Ask<object>(request, s_replyTimeout, cancellation).ConfigureAwait(false) switch
            {
                T reply => reply,
                StoreUnavailable unavailable => throw new GridStoreException(unavailable.Reason) { IsTransient = true },
                var other => throw new InvalidOperationException(
                    $"The grid coordinator replied with {other.GetType().Name} instead of {typeof(T).Name}."),
            };
        }
        catch (AskTimeoutException exception)
        {
            throw new GridStoreException(
                $"The grid coordinator did not reply within {s_replyTimeout.TotalSeconds} s. " +
                "A node with the role coordinator must be up and reachable: start one, or try again.",
                exception)
            {
                IsTransient = true,
            };
        }
    }

    /// <summary>Adds the cells that the grid does not contain yet.</summary>
    /// <param name="grid">Name of the grid.</param>
    /// <param name="cells">The cells, in the order in which to run them.</param>
    /// <param name="cancellation">Cancels the wait for the reply.</param>
    /// <returns>Number of cells that were added.</returns>
    public async Task<int> AddAsync(string grid, IReadOnlyList<NewCell> cells, CancellationToken cancellation)
    {
        var added = 0;
        foreach (var chunk in cells.Chunk(CellsPerMessage))
        {
            added += (await AskAsync<CellsAdded>(new AddCells(grid, chunk), cancellation).ConfigureAwait(false)).Added;
        }

        return added;
    }

    /// <summary>All cells in the order in which they were added.</summary>
    /// <param name="grid">Name of the grid; null for all grids.</param>
    /// <param name="cancellation">Cancels the wait for the replies.</param>
    public async Task<IReadOnlyList<CellRow>> ListAsync(string? grid, CancellationToken cancellation)
    {
        var rows = new List<CellRow>();
        while (true)
        {
            var page = await AskAsync<CellPage>(new ListCells(grid, rows.Count, ListCells.MaxCount), cancellation).ConfigureAwait(false);
            rows.AddRange(page.Rows);
            if (page.Rows.Count == 0 || rows.Count >= page.All)
            {
                return rows;
            }
        }
    }

    /// <summary>Changes the status of a cell.</summary>
    /// <returns>False if there is no such cell, or its status does not allow the change.</returns>
    public async Task<bool> ChangeAsync(CellKey key, CellChange change, CancellationToken cancellation) =>
        (await AskAsync<CellChanged>(new ChangeCell(key, change), cancellation).ConfigureAwait(false)).IsDone;

    /// <summary>The recorded changes of a cell, oldest first; heartbeats are not recorded.</summary>
    public async Task<IReadOnlyList<CellEvent>> HistoryAsync(CellKey key, CancellationToken cancellation) =>
        (await AskAsync<CellHistory>(new AskHistory(key), cancellation).ConfigureAwait(false)).Events;
}

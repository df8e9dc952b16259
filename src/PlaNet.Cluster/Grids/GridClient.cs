using Akka.Actor;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Grids;

/// <summary>Asks the grid coordinator of a cluster, from a node of it or from outside.</summary>
/// <remarks>Every method throws <see cref="GridStoreException"/> where the coordinator cannot use its ledger, or there is no coordinator.</remarks>
/// <param name="coordinator">The coordinator, or whoever passes on what it is asked.</param>
public sealed class GridClient(ICanTell coordinator)
{
    // A cell carries its experiment, of some 4 KB. A frame holds 1 MB.
    private const int CellsOfAFrame = 100;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks.</summary>
    /// <typeparam name="T">What the coordinator answers with.</typeparam>
    /// <param name="question">The question. It may reach the coordinator more than once.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<T> AskAsync<T>(object question, CancellationToken cancellation)
    {
        try
        {
            return await coordinator.Ask<object>(question, s_patience, cancellation).ConfigureAwait(false) switch
            {
                T answer => answer,
                LedgerUnavailable unavailable => throw new GridStoreException(unavailable.Reason) { IsPassing = true },
                var other => throw new InvalidOperationException($"The grid coordinator answered with {other.GetType().Name} instead of {typeof(T).Name}."),
            };
        }
        catch (AskTimeoutException exception)
        {
            throw new GridStoreException($"The grid coordinator gave no answer within {s_patience.TotalSeconds} s.", exception) { IsPassing = true };
        }
    }

    /// <summary>Adds the cells of a grid that are not there yet.</summary>
    /// <param name="grid">Name of the grid.</param>
    /// <param name="cells">The cells, in the order in which they are to be begun.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>How many were new.</returns>
    public async Task<int> AddAsync(string grid, IReadOnlyList<NewCell> cells, CancellationToken cancellation)
    {
        var added = 0;
        foreach (var few in cells.Chunk(CellsOfAFrame))
        {
            added += (await AskAsync<CellsAdded>(new AddCells(grid, few), cancellation).ConfigureAwait(false)).Added;
        }

        return added;
    }

    /// <summary>All cells in the order in which they were added.</summary>
    /// <param name="grid">Of which grid; null for all.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<IReadOnlyList<CellRow>> ListAsync(string? grid, CancellationToken cancellation)
    {
        var rows = new List<CellRow>();
        while (true)
        {
            var page = await AskAsync<CellPage>(new ListCells(grid, rows.Count, ListCells.Most), cancellation).ConfigureAwait(false);
            rows.AddRange(page.Rows);
            if (page.Rows.Count == 0 || rows.Count >= page.All)
            {
                return rows;
            }
        }
    }

    /// <summary>Has a cell changed.</summary>
    /// <param name="key">The cell.</param>
    /// <param name="change">The change.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when there is no such cell, or the change is not allowed from its status.</returns>
    public async Task<bool> ChangeAsync(CellKey key, CellChange change, CancellationToken cancellation) =>
        (await AskAsync<CellChanged>(new ChangeCell(key, change), cancellation).ConfigureAwait(false)).IsDone;

    /// <summary>What has happened to a cell, oldest first; heartbeats are not kept.</summary>
    /// <param name="key">The cell.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<IReadOnlyList<CellEvent>> HistoryAsync(CellKey key, CancellationToken cancellation) =>
        (await AskAsync<CellHistory>(new AskHistory(key), cancellation).ConfigureAwait(false)).Events;
}

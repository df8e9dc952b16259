using PlaNet.Cluster.Stores;

namespace PlaNet.Tests.Cluster;

/// <summary>Waits for what becomes of the cells of a store.</summary>
internal static class WatchedStore
{
    /// <summary>Waits until something holds. A database tells nobody of changes, so that it is asked again and again.</summary>
    /// <param name="store">The store; it may restart meanwhile.</param>
    /// <param name="patience">How long, at most.</param>
    /// <param name="holds">What.</param>
    /// <returns>The cells.</returns>
    public static async Task<IReadOnlyList<CellRow>> Until(this IGridStore store, TimeSpan patience, Func<IReadOnlyList<CellRow>, bool> holds)
    {
        using var timeout = new CancellationTokenSource(patience);
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                var rows = store.List();
                if (holds(rows))
                {
                    return rows;
                }
            }
            catch (GridStoreException)
            {
                // A connection of before a restart.
            }

            await beat.WaitForNextTickAsync(timeout.Token);
        }
    }

    /// <summary>Whether a node runs the cell.</summary>
    public static bool IsRunning(this CellRow row) => row.State.Status == CellStatus.Running;

    /// <summary>Whether nothing is left to do.</summary>
    public static bool AreOver(this IReadOnlyList<CellRow> rows) => rows.Count > 0 && rows.All(row => row.State.Status is not (CellStatus.Running or CellStatus.Queued));

    /// <summary>Whether a process of this machine holds the cell, or held it last.</summary>
    public static bool IsOf(this CellRow row, int process) => row.State.Owner.Split(':') is [_, var id, ..] && id == $"{process}";
}

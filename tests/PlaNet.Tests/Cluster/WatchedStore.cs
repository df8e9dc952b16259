using PlaNet.Cluster.Stores;

namespace PlaNet.Tests.Cluster;

/// <summary>Waits for changes of the cells of a store.</summary>
internal static class WatchedStore
{
    /// <summary>Waits until a condition holds, and returns the cells. A database does not announce changes, so this polls it.</summary>
    /// <param name="store">The store; its server may restart meanwhile.</param>
    /// <param name="timeout">The longest time to wait.</param>
    /// <param name="holds">The condition.</param>
    public static async Task<IReadOnlyList<CellRow>> Until(
        this IGridStore store, TimeSpan timeout, Func<IReadOnlyList<CellRow>, bool> holds)
    {
        using var cancellation = new CancellationTokenSource(timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
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
                // A connection from before a restart.
            }

            await timer.WaitForNextTickAsync(cancellation.Token);
        }
    }

    /// <summary>Whether a node runs the cell.</summary>
    public static bool IsRunning(this CellRow row) => row.State.Status == CellStatus.Running;

    /// <summary>Whether no cell is queued or running.</summary>
    public static bool AreOver(this IReadOnlyList<CellRow> rows) =>
        rows.Count > 0 && rows.All(row => row.State.Status is not (CellStatus.Running or CellStatus.Queued));

    /// <summary>Whether a process of this machine holds the cell, or held it last.</summary>
    public static bool IsOf(this CellRow row, int process) => row.State.Owner.Split(':') is [_, var id, ..] && id == $"{process}";
}

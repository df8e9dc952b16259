namespace PlaNet.Cluster.Stores;

/// <summary>A change of a cell that a person asks for.</summary>
public enum CellChange
{
    /// <summary>Takes an unfinished cell out of its grid.</summary>
    Cancel = 0,

    /// <summary>Sets a queued or running cell aside.</summary>
    Pause = 1,

    /// <summary>Queues a failed, cancelled or paused cell again.</summary>
    Requeue = 2,
}

/// <summary>Makes changes that people ask for.</summary>
public static class CellChanges
{
    /// <summary>Makes a change.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The cell.</param>
    /// <param name="change">The change.</param>
    /// <returns>False when there is no such cell, or the change is not allowed from its status.</returns>
    /// <exception cref="GridStoreException">The store cannot be reached or used.</exception>
    public static bool Change(this IGridStore store, CellKey key, CellChange change)
    {
        ArgumentNullException.ThrowIfNull(store);
        return change switch
        {
            CellChange.Cancel => store.Cancel(key),
            CellChange.Pause => store.Pause(key),
            CellChange.Requeue => store.Requeue(key),
            _ => throw new ArgumentOutOfRangeException(nameof(change), change, "A cell can be cancelled, paused or queued again."),
        };
    }
}

namespace PlaNet.Cluster.Stores;

/// <summary>A change of a cell that a user can request.</summary>
public enum CellChange
{
    /// <summary>Cancels an unfinished cell.</summary>
    Cancel = 0,

    /// <summary>Pauses a queued or running cell.</summary>
    Pause = 1,

    /// <summary>Queues a failed, cancelled or paused cell again.</summary>
    Requeue = 2,
}

/// <summary>Applies changes that users request.</summary>
public static class CellChanges
{
    /// <summary>Applies a change.</summary>
    /// <returns>False if there is no such cell, or its status does not allow the change.</returns>
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

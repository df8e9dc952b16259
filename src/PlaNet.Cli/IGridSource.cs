using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>Where the cells of grids are seen and changed: a ledger, or the cluster that works through one.</summary>
/// <remarks>Every method throws <see cref="GridStoreException"/> where the ledger cannot be used, or nobody answers for it.</remarks>
internal interface IGridSource : IAsyncDisposable
{
    /// <summary>What messages call it.</summary>
    string Address { get; }

    /// <summary>The nodes that work through it; null where that is not known.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    Task<ClusterStanding?> AskClusterAsync(CancellationToken cancellation);

    /// <summary>All cells in the order in which they were added.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    Task<IReadOnlyList<CellRow>> ListAsync(CancellationToken cancellation);

    /// <summary>Changes a cell.</summary>
    /// <param name="key">The cell.</param>
    /// <param name="change">The change.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when there is no such cell, or the change is not allowed from its status.</returns>
    Task<bool> ChangeAsync(CellKey key, CellChange change, CancellationToken cancellation);

    /// <summary>What has happened to a cell, oldest first.</summary>
    /// <param name="key">The cell.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<IReadOnlyList<CellEvent>> HistoryAsync(CellKey key, CancellationToken cancellation);
}

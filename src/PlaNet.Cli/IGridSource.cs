using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>Reads and changes the cells of grids: directly in a store, or through the cluster that holds it.</summary>
/// <remarks>Every method throws <see cref="GridStoreException"/> if the store cannot be used or the coordinator does not reply.</remarks>
internal interface IGridSource : IAsyncDisposable
{
    /// <summary>The name of this source in messages.</summary>
    string Address { get; }

    /// <summary>The nodes of the cluster; null if this source is a store without a cluster.</summary>
    Task<ClusterStatus?> AskClusterAsync(CancellationToken cancellation);

    /// <summary>All cells in the order in which they were added.</summary>
    Task<IReadOnlyList<CellRow>> ListAsync(CancellationToken cancellation);

    /// <summary>Changes the status of a cell.</summary>
    /// <returns>False if the cell does not exist, or its status does not allow the change.</returns>
    Task<bool> ChangeAsync(CellKey key, CellChange change, CancellationToken cancellation);

    /// <summary>The events of a cell, oldest first.</summary>
    Task<IReadOnlyList<CellEvent>> HistoryAsync(CellKey key, CancellationToken cancellation);
}

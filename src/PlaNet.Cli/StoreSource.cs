using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>Reads and changes cells directly in a store, without information about the nodes.</summary>
/// <param name="store">The ledger; disposed with this object.</param>
internal sealed class StoreSource(IGridStore store) : IGridSource
{
    /// <inheritdoc/>
    public string Address => store.Address;

    /// <inheritdoc/>
    public Task<ClusterStatus?> AskClusterAsync(CancellationToken cancellation) => Task.FromResult<ClusterStatus?>(null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<CellRow>> ListAsync(CancellationToken cancellation) => Task.FromResult(store.List());

    /// <inheritdoc/>
    public Task<bool> ChangeAsync(CellKey key, CellChange change, CancellationToken cancellation) =>
        Task.FromResult(store.Change(key, change));

    /// <inheritdoc/>
    public Task<IReadOnlyList<CellEvent>> HistoryAsync(CellKey key, CancellationToken cancellation) => Task.FromResult(store.History(key));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        store.Dispose();
        return ValueTask.CompletedTask;
    }
}

using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>The cells in a ledger that this process opens itself. Who works through it is seen only by what the ledger says.</summary>
/// <param name="store">The ledger, which is disposed with this.</param>
internal sealed class LedgerSource(IGridStore store) : IGridSource
{
    /// <inheritdoc/>
    public string Address => store.Address;

    /// <inheritdoc/>
    public Task<ClusterStanding?> AskClusterAsync(CancellationToken cancellation) => Task.FromResult<ClusterStanding?>(null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<CellRow>> ListAsync(CancellationToken cancellation) => Task.FromResult(store.List());

    /// <inheritdoc/>
    public Task<bool> ChangeAsync(CellKey key, CellChange change, CancellationToken cancellation) => Task.FromResult(store.Change(key, change));

    /// <inheritdoc/>
    public Task<IReadOnlyList<CellEvent>> HistoryAsync(CellKey key, CancellationToken cancellation) => Task.FromResult(store.History(key));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        store.Dispose();
        return ValueTask.CompletedTask;
    }
}

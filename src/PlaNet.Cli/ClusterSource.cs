using PlaNet.Cluster.Security;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>The cells as the grid coordinator of a cluster has them, and the nodes of that cluster.</summary>
/// <param name="address">The node that is asked.</param>
/// <param name="client">The connection to it, which is disposed with this.</param>
/// <param name="tls">The certificate of the connection, which is disposed with this; null for none.</param>
internal sealed class ClusterSource(string address, ClusterClient client, ClusterTls? tls) : IGridSource
{
    /// <inheritdoc/>
    public string Address => $"of the cluster at {address}";

    /// <inheritdoc/>
    public async Task<ClusterStanding?> AskClusterAsync(CancellationToken cancellation) => await client.AskClusterAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<IReadOnlyList<CellRow>> ListAsync(CancellationToken cancellation) => client.Grid.ListAsync(grid: null, cancellation);

    /// <inheritdoc/>
    public Task<bool> ChangeAsync(CellKey key, CellChange change, CancellationToken cancellation) => client.Grid.ChangeAsync(key, change, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<CellEvent>> HistoryAsync(CellKey key, CancellationToken cancellation) => client.Grid.HistoryAsync(key, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync().ConfigureAwait(false);
        tls?.Dispose();
    }
}

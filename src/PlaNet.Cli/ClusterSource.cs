using PlaNet.Cluster.Security;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>Reads and changes cells through the grid coordinator of a cluster, and lists the cluster's nodes.</summary>
/// <param name="address">Address of the node that is queried.</param>
/// <param name="client">The connection to that node; disposed with this object.</param>
/// <param name="tls">The certificate of the connection; disposed with this object. Null without TLS.</param>
internal sealed class ClusterSource(string address, ClusterClient client, ClusterTls? tls) : IGridSource
{
    /// <inheritdoc/>
    public string Address => $"of the cluster at {address}";

    /// <inheritdoc/>
    public async Task<ClusterStatus?> AskClusterAsync(CancellationToken cancellation) =>
        await client.AskClusterAsync(cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<IReadOnlyList<CellRow>> ListAsync(CancellationToken cancellation) => client.Grid.ListAsync(grid: null, cancellation);

    /// <inheritdoc/>
    public Task<bool> ChangeAsync(CellKey key, CellChange change, CancellationToken cancellation) =>
        client.Grid.ChangeAsync(key, change, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<CellEvent>> HistoryAsync(CellKey key, CancellationToken cancellation) =>
        client.Grid.HistoryAsync(key, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync().ConfigureAwait(false);
        tls?.Dispose();
    }
}

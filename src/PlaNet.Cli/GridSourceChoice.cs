using System.CommandLine;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>The options that specify where a verb reads and changes cells: a store or a cluster.</summary>
internal sealed class GridSourceChoice
{
    private readonly Option<string?> _store = NodeChoice.NewStore();
    private readonly Option<string?> _runs = NodeChoice.NewRuns();
    private readonly Option<string?> _join = new("--join")
    {
        Description = "Query the cluster of the node at this address, instead of a store",
        HelpName = "HOST:PORT",
    };

    private readonly Option<string?> _bind = new("--bind")
    {
        Description = "Address on which this command listens for replies; by default a free port of the interface that leads to the node",
        HelpName = "ADDRESS:PORT",
    };

    private readonly Option<bool> _insecure = new("--insecure")
    {
        Description = "Query a node of another machine without TLS: replies can be read and falsified on the network",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        verb.Add(_store);
        verb.Add(_runs);
        verb.Add(_join);
        verb.Add(_bind);
        verb.Add(_insecure);
    }

    /// <summary>
    /// Opens a source, reads from it, and acts on the data. The source is the cluster named by --join; without --join, the cluster of the
    /// process that holds the store's folder, if there is one and it replies; otherwise the store.
    /// </summary>
    /// <typeparam name="T">Type of the data that is read.</typeparam>
    /// <param name="line">The parsed command line.</param>
    /// <param name="read">Reads without changing anything. Called again with the store if the cluster does not reply.</param>
    /// <param name="act">Called once after a successful read; returns the exit code.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="UnusableInputException">The store does not exist.</exception>
    /// <exception cref="ClusterException">The cluster named by --join does not reply.</exception>
    /// <exception cref="GridStoreException">The store cannot be used, or the cluster has no coordinator.</exception>
    public async Task<int> AskAsync<T>(
        ParseResult line, Func<IGridSource, Task<T>> read, Func<IGridSource, T, Task<int>> act, CancellationToken cancellation)
    {
        var (source, data) = await ReadAsync(line, read, cancellation).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            return await act(source, data).ConfigureAwait(false);
        }
    }

    /// <summary>Connects to a cluster without joining it.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <param name="endpoint">Endpoint of a node.</param>
    /// <param name="listen">Address on which this command listens for replies.</param>
    /// <param name="insecure">Whether a node of another machine may be queried without TLS.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ClusterException">No cluster node answers there.</exception>
    public static async Task<IGridSource> ConnectAsync(
        ParseResult line, ClusterEndpoint endpoint, string listen, bool insecure, CancellationToken cancellation)
    {
        var settings = SettingsFile.Read(line);
        var tls = ClusterTls.Load(settings.Planet.Cluster.Tls);
        try
        {
            var start = ClusterConfig.Of(settings, new ClusterNode
            {
                Listen = ClusterEndpoint.ParseListen(listen),
                ContactPoint = endpoint,
                Tls = tls,
                Insecure = insecure,
            });
            if (start.Warning is { } warning)
            {
                await line.InvocationConfiguration.Error.WriteLineAsync($"planet: warning: {warning}").ConfigureAwait(false);
            }

            var client = await ClusterClient.ConnectAsync(start, endpoint, ClusterChoice.Log(line), cancellation).ConfigureAwait(false);
            return new ClusterSource(endpoint.ToString(), client, tls);
        }
        catch
        {
            tls?.Dispose();
            throw;
        }
    }

    private static async Task<(IGridSource Source, T Data)> ReadAsync<T>(IGridSource source, Func<IGridSource, Task<T>> read)
    {
        try
        {
            return (source, await read(source).ConfigureAwait(false));
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<(IGridSource Source, T Data)> ReadAsync<T>(
        ParseResult line, Func<IGridSource, Task<T>> read, CancellationToken cancellation)
    {
        if (line.GetValue(_join) is { } named)
        {
            var endpoint = ClusterEndpoint.Parse(named);
            var listen = line.GetValue(_bind) ?? OwnAddress.Toward(endpoint);
            var cluster = await ConnectAsync(line, endpoint, listen, line.GetValue(_insecure), cancellation).ConfigureAwait(false);
            return await ReadAsync(cluster, read).ConfigureAwait(false);
        }

        var address = NodeChoice.Address(line.GetValue(_store), NodeChoice.Runs(line.GetValue(_runs), line), create: false);
        if (!PostgresAddress.IsPostgres(address) && HeldStore.FindAddress(address) is { } live)
        {
            try
            {
                // The process that holds the folder runs on this machine, so this process can be reached under the same host name.
                var listen = line.GetValue(_bind) ?? $"{live[..live.LastIndexOf(':')]}:0";
                var cluster = await ConnectAsync(
                    line, ClusterEndpoint.Parse(live), listen, line.GetValue(_insecure), cancellation).ConfigureAwait(false);
                return await ReadAsync(cluster, read).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is ClusterException or GridStoreException)
            {
                await line.InvocationConfiguration.Output.WriteLineAsync(
                    $"note: the node {live} holds {address} but does not reply; using the store directly: {exception.Message}")
                    .ConfigureAwait(false);
            }
        }

        return await ReadAsync(new StoreSource(GridStores.Open(address, TimeProvider.System)), read).ConfigureAwait(false);
    }
}

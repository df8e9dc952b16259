using System.CommandLine;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>The options by which a verb is told where the cells are that it shows or changes.</summary>
internal sealed class GridSourceChoice
{
    private readonly Option<string?> _store = NodeChoice.NewStore();
    private readonly Option<string?> _runs = NodeChoice.NewRuns();
    private readonly Option<string?> _join = new("--join") { Description = "Ask the cluster of the node at this address, instead of a store", HelpName = "HOST:PORT" };
    private readonly Option<string?> _bind = new("--bind")
    {
        Description = "Where this command listens for answers, as nodes reach it; by default a free port of the address by which it reaches the node",
        HelpName = "ADDRESS:PORT",
    };

    private readonly Option<bool> _insecure = new("--insecure") { Description = "Ask a node of another machine without TLS: answers can be read and falsified on the way" };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        verb.Add(_store);
        verb.Add(_runs);
        verb.Add(_join);
        verb.Add(_bind);
        verb.Add(_insecure);
    }

    /// <summary>
    /// Looks at the cells, and does something with them: of the cluster that was named; else of the cluster of the process that holds the
    /// store's folder, where one does and answers; else of the store.
    /// </summary>
    /// <typeparam name="T">What is seen.</typeparam>
    /// <param name="line">The parsed command line.</param>
    /// <param name="look">What to look at, without a change: it is looked at again in the store where a cluster that was not named gives no answer.</param>
    /// <param name="act">What to do then, once. It gives the exit code.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="UnusableInputException">There is no such store.</exception>
    /// <exception cref="ClusterException">The cluster that was named does not answer.</exception>
    /// <exception cref="GridStoreException">The store cannot be used, or the cluster has no coordinator.</exception>
    public async Task<int> AskAsync<T>(
        ParseResult line, Func<IGridSource, Task<T>> look, Func<IGridSource, T, Task<int>> act, CancellationToken cancellation)
    {
        var (source, seen) = await LookAsync(line, look, cancellation).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            return await act(source, seen).ConfigureAwait(false);
        }
    }

    private static async Task<(IGridSource Source, T Seen)> LookAsync<T>(IGridSource source, Func<IGridSource, Task<T>> look)
    {
        try
        {
            return (source, await look(source).ConfigureAwait(false));
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<(IGridSource Source, T Seen)> LookAsync<T>(ParseResult line, Func<IGridSource, Task<T>> look, CancellationToken cancellation)
    {
        if (line.GetValue(_join) is { } named)
        {
            var endpoint = ClusterEndpoint.Parse(named);
            return await LookAsync(
                await ConnectAsync(line, endpoint, line.GetValue(_bind) ?? OwnAddress.Toward(endpoint), cancellation).ConfigureAwait(false), look).ConfigureAwait(false);
        }

        var address = NodeChoice.Address(line.GetValue(_store), NodeChoice.Runs(line.GetValue(_runs), line), create: false);
        if (!PostgresAddress.IsOne(address) && HeldLedger.FindAddress(address) is { } live)
        {
            try
            {
                // Whoever holds the folder runs on this machine: under its name this process is reached as well.
                var listen = line.GetValue(_bind) ?? $"{live[..live.LastIndexOf(':')]}:0";
                return await LookAsync(
                    await ConnectAsync(line, ClusterEndpoint.Parse(live), listen, cancellation).ConfigureAwait(false), look).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is ClusterException or GridStoreException)
            {
                await line.InvocationConfiguration.Output.WriteLineAsync(
                    $"note: {live} works through {address} but could not be asked, so that the ledger itself is used: {exception.Message}").ConfigureAwait(false);
            }
        }

        return await LookAsync(new LedgerSource(GridStores.Open(address, TimeProvider.System)), look).ConfigureAwait(false);
    }

    private async Task<IGridSource> ConnectAsync(ParseResult line, ClusterEndpoint endpoint, string listen, CancellationToken cancellation)
    {
        var settings = SettingsFile.Read(line);
        var tls = ClusterTls.Load(settings.Planet.Cluster.Tls);
        try
        {
            var start = ClusterConfig.Of(settings, new ClusterNode
            {
                Listen = ClusterEndpoint.ParseListen(listen),
                Asks = endpoint,
                Tls = tls,
                Insecure = line.GetValue(_insecure),
            });
            if (start.Warning is { } warning)
            {
                await line.InvocationConfiguration.Error.WriteLineAsync($"planet: warning: {warning}").ConfigureAwait(false);
            }

            return new ClusterSource(
                endpoint.ToString(), await ClusterClient.ConnectAsync(start, endpoint, ClusterChoice.Log(line), cancellation).ConfigureAwait(false), tls);
        }
        catch
        {
            tls?.Dispose();
            throw;
        }
    }
}

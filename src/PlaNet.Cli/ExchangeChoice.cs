using System.CommandLine;
using PlaNet.Cluster.Collection;
using PlaNet.Cluster.Stores;
using PlaNet.Runs.Exchange;
using PlaNet.Runs.Settings;

namespace PlaNet.Cli;

/// <summary>Where runs and collectors meet, as it is named on the command line and set in the file of settings.</summary>
internal static class ExchangeChoice
{
    /// <summary>The option by which a run is told to have its episodes played elsewhere.</summary>
    public static Option<string?> NewEpisodesFrom() => new("--episodes-from")
    {
        Description = "Have the episodes played by `planet collect` processes that meet the run in this store: a folder of this machine, or postgres://user@host:5432/database",
        HelpName = "STORE",
    };

    /// <summary>Opens the exchange of a store; rides out one that restarts.</summary>
    /// <param name="store">The store's address.</param>
    /// <param name="settings">Leases, and how often the exchange is asked.</param>
    /// <param name="interruption">Ends the wait.</param>
    /// <exception cref="ExchangeException">It cannot be used.</exception>
    /// <exception cref="GridStoreException">The address cannot be read, or the settings are wrong.</exception>
    public static async Task<RemoteCollection> OpenAsync(string store, GridSettings settings, CancellationToken interruption)
    {
        var exchange = await StorePatience.AskAsync(
            () => EpisodeExchange.Open(GridStores.OpenDatabase(store, TimeProvider.System)), interruption).ConfigureAwait(false);
        return new RemoteCollection(exchange, TimeSpan.FromSeconds(settings.LeaseSeconds), TimeSpan.FromSeconds(settings.PollSeconds));
    }
}

using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>Rides out a store that restarts while a command begins or ends; what a node does in between has a patience of its own.</summary>
internal static class StorePatience
{
    private const int Attempts = 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(0.5);

    /// <summary>Asks, and asks again for some ten seconds while the store's failure is one that passes.</summary>
    /// <param name="question">What to ask. May be asked more than once.</param>
    /// <param name="interruption">Ends the wait.</param>
    /// <exception cref="GridStoreException">The failure does not pass.</exception>
    public static Task<T> AskAsync<T>(Func<T> question, CancellationToken interruption) =>
        AskAsync(() => Task.FromResult(question()), interruption);

    /// <inheritdoc cref="AskAsync{T}(Func{T}, CancellationToken)"/>
    public static async Task<T> AskAsync<T>(Func<Task<T>> question, CancellationToken interruption)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await question().ConfigureAwait(false);
            }
            catch (Exception exception) when (
                exception is GridStoreException { IsPassing: true } && attempt < Attempts)
            {
                await Task.Delay(s_pause, TimeProvider.System, interruption).ConfigureAwait(false);
            }
        }
    }
}

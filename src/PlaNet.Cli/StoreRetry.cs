using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>Retries calls to a store at the start and the end of a command. In between, the node's actors do their own retries.</summary>
internal static class StoreRetry
{
    private const int Attempts = 20;
    private static readonly TimeSpan s_delay = TimeSpan.FromSeconds(0.5);

    /// <summary>Calls the store, and retries transient failures for about 10 seconds.</summary>
    /// <param name="call">The call; must be safe to repeat.</param>
    /// <param name="interruption">Ends the wait.</param>
    /// <exception cref="GridStoreException">The failure is not transient, or lasts longer.</exception>
    public static Task<T> CallAsync<T>(Func<T> call, CancellationToken interruption) =>
        CallAsync(() => Task.FromResult(call()), interruption);

    /// <inheritdoc cref="CallAsync{T}(Func{T}, CancellationToken)"/>
    public static async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken interruption)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (Exception exception) when (
                exception is GridStoreException { IsTransient: true } && attempt < Attempts)
            {
                await Task.Delay(s_delay, TimeProvider.System, interruption).ConfigureAwait(false);
            }
        }
    }
}

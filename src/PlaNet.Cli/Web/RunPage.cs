using PlaNet.Common;

namespace PlaNet.Cli.Web;

/// <summary>The page of a single run, in the process of the run. Whatever happens to it, the run continues.</summary>
internal sealed class RunPage : IAsyncDisposable
{
    private readonly GuardedHost? _host;
    private readonly TextWriter _error;

    private RunPage(GuardedHost? host, TextWriter error)
    {
        (_host, _error) = (host, error);
    }

    /// <summary>Serves the page on the loopback interface and prints its address, or why it cannot be served.</summary>
    /// <param name="folder">The run directory.</param>
    /// <param name="port">Port, or 0 for a free one; null for no page.</param>
    /// <param name="output">Where the address goes.</param>
    /// <param name="error">Where a problem goes.</param>
    public static async Task<RunPage> StartAsync(string folder, int? port, TextWriter output, TextWriter error)
    {
        if (port is not { } chosen)
        {
            return new RunPage(null, error);
        }

        try
        {
            var host = await DashboardPage.StartAsync(
                folder, WebBinding.Loopback(chosen), cluster: null, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            await output.WriteLineAsync($"dashboard: {host.Entry}").ConfigureAwait(false);
            return new RunPage(host, error);
        }
#pragma warning disable CA1031 // The run does not depend on the page.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await error.WriteLineAsync($"planet: warning: the run continues without --dashboard: {OneLine.Of(failure.Message, 400)}")
                .ConfigureAwait(false);
            return new RunPage(null, error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_host is null)
        {
            return;
        }

        try
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The run has ended, and its result must be reported.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await _error.WriteLineAsync($"planet: warning: the page of the run ends with the process: {OneLine.Of(failure.Message, 400)}")
                .ConfigureAwait(false);
        }
    }
}

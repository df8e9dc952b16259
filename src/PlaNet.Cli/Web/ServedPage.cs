namespace PlaNet.Cli.Web;

/// <summary>A command that serves a page until the user ends it.</summary>
internal static class ServedPage
{
    /// <summary>Prints the address of the page, and waits for Ctrl-C.</summary>
    /// <param name="output">The output of the command.</param>
    /// <param name="name">Name of the page.</param>
    /// <param name="entry">The address to print.</param>
    /// <param name="note">What Ctrl-C does not end.</param>
    /// <param name="interruption">Is cancelled by Ctrl-C.</param>
    /// <returns>The exit code of the command.</returns>
    public static async Task<int> WaitAsync(TextWriter output, string name, Uri entry, string note, CancellationToken interruption)
    {
        await output.WriteLineAsync($"{name}: {entry}").ConfigureAwait(false);
        await output.WriteLineAsync($"Ctrl-C ends it; {note}").ConfigureAwait(false);
        await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, interruption).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The user has seen enough.
        }

        return ExitCode.Success;
    }
}

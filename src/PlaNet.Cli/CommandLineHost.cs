using System.CommandLine;
using System.CommandLine.Invocation;
using PlaNet.Runs.Playing;

namespace PlaNet.Cli;

/// <summary>Parses and runs one command line, and returns its exit code.</summary>
public static class CommandLineHost
{
    // These verbs handle an interruption themselves: they save their work first, however long that takes.
    private static readonly string[] s_ownEnd = ["train", "grid", "node", "environment"];

    // Time for the other verbs to end cleanly after an interruption. Afterwards they are abandoned: they change nothing but complete files.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    /// <summary>Parses and runs a command. Every failure becomes a line on <paramref name="error"/> and an exit code.</summary>
    /// <param name="args">The arguments after <c>planet</c>.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where failures and progress go.</param>
    /// <param name="interruption">Cancelled when the user wants the verb to end early.</param>
    /// <param name="atOnce">Cancelled just before the process exits; see <see cref="Interruption.AtOnce"/>. Default never.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken interruption, CancellationToken atOnce = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(error);
        try
        {
            // Response files and bundled short options would give arguments that begin with `@` or `-` an unintended meaning.
            var parser = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
            var command = PlanetCommand.Create().Parse(args, parser);
            if (command.Action is null or ParseErrorAction)
            {
                throw Misuse.Explain(command);
            }

            EnvironmentCertificates.Use(() => SettingsFile.Read(command).Planet.Cluster.Tls);

            // No termination timeout: Interruption handles signals, and lets an update finish however long it takes.
            var configuration = new PlanetInvocation
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                AtOnce = atOnce,
            };
            Task<int> InvokeAsync() => command.InvokeAsync(configuration, interruption);
            return await (s_ownEnd.Contains(command.CommandResult.Command.Name, StringComparer.Ordinal)
                ? InvokeAsync()
                : EndSoonAsync(InvokeAsync, interruption)).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The only place where exceptions become exit codes, so it catches all of them.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Failures.Report(failure, error, verbose: args.Contains("--verbose", StringComparer.Ordinal), interruption);
        }
    }

    // Runs a verb on a thread of its own, because most verbs are synchronous, and some calls cannot be interrupted.
    private static async Task<int> EndSoonAsync(Func<Task<int>> verb, CancellationToken interruption)
    {
        var running = Task.Factory.StartNew(verb, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        var interrupted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (interruption.Register(interrupted.SetResult))
        {
            await Task.WhenAny(running, interrupted.Task).ConfigureAwait(false);
        }

        try
        {
            return await (interruption.IsCancellationRequested ? running.WaitAsync(s_grace, CancellationToken.None) : running)
                .ConfigureAwait(false);
        }
        catch (TimeoutException) when (!running.IsCompleted)
        {
            throw new OperationCanceledException(interruption);
        }
    }
}

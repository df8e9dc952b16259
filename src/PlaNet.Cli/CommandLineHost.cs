using System.CommandLine;
using System.CommandLine.Invocation;

namespace PlaNet.Cli;

/// <summary>Parses and runs one command line, and returns its exit code.</summary>
public static class CommandLineHost
{
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

            // No termination timeout: Interruption handles signals, and lets an update finish however long it takes.
            var configuration = new PlanetInvocation
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                AtOnce = atOnce,
            };
            return await command.InvokeAsync(configuration, interruption).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The only place where exceptions become exit codes, so it catches all of them.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            return Failures.Report(failure, error, verbose: args.Contains("--verbose", StringComparer.Ordinal), interruption);
        }
    }
}

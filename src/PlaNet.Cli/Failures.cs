using System.Reflection;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Stores;
using PlaNet.Common;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;
using PlaNet.MuJoCo;
using PlaNet.Runs;
using PlaNet.Runs.Settings;

namespace PlaNet.Cli;

/// <summary>Maps exceptions to one line for the user and an exit code.</summary>
public static class Failures
{
    private const string Setup = "./build.sh --target=Setup";

    /// <summary>Writes the failure as one line, followed by its stack trace if <paramref name="verbose"/>.</summary>
    /// <param name="failure">The exception that the verb threw.</param>
    /// <param name="error">Output for the line.</param>
    /// <param name="verbose">Whether to add the stack trace.</param>
    /// <param name="interruption">The user's interruption: if cancelled, an <see cref="OperationCanceledException"/> is no failure.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Report(Exception failure, TextWriter error, bool verbose, CancellationToken interruption)
    {
        ArgumentNullException.ThrowIfNull(error);
        var cause = Cause(failure);
        var code = Code(cause, interruption);
        error.WriteLine(code == ExitCode.Interrupted ? "planet: interrupted" : $"planet: {Line(cause)}{Hint(cause, code, verbose)}");
        if (verbose)
        {
            error.WriteLine(failure);
        }

        return code;
    }

    private static int Code(Exception cause, CancellationToken interruption) => cause switch
    {
        // Ctrl-C also reaches the programs of environments, which end then, maybe before this process has noticed.
        OperationCanceledException or EnvironmentProcessException or RunException { InnerException: EnvironmentProcessException }
            when interruption.IsCancellationRequested => ExitCode.Interrupted,
        UnusableInputException or ExperimentException or RunException or SettingsException or ClusterException or GridStoreException
            or OpenGlException or UnauthorizedAccessException or PathTooLongException => ExitCode.UnusableInput,
        EnvironmentProcessException { BreaksProtocol: true } => ExitCode.UnusableInput,
        StorageException { Problem: not StorageProblem.Other } => ExitCode.UnusableInput,
        _ when LacksNativeLibrary(cause) => ExitCode.UnusableInput,
        _ => ExitCode.Failure,
    };

    private static string Line(Exception cause)
    {
        var message = cause switch
        {
            UnauthorizedAccessException => $"{cause.Message} Give a path that you may write to, or change its permissions.",
            PathTooLongException => $"{cause.Message} Give a shorter one.",
            DllNotFoundException when !NamesSetup(cause) =>
                $"a native library is missing: {cause.Message.Split('\n')[0]} Run {Setup}, then ./build.sh --target=Build.",
            UnusableInputException or ExperimentException or RunException or SettingsException or ClusterException or GridStoreException =>
                cause.Message,
            RoleFailedException or EnvironmentProcessException or StorageException or UnwritableOutputException or OpenGlException
                or NonFiniteLossException => cause.Message,
            _ when LacksNativeLibrary(cause) => cause.Message,
            _ => $"{cause.GetType().Name}: {cause.Message}",
        };
        return string.Join(' ', message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>
    /// Whether a native library is missing: the runtime did not find it, or the message names <c>./build.sh --target=Setup</c> as the
    /// remedy.
    /// </summary>
    private static bool LacksNativeLibrary(Exception cause) =>
        cause is DllNotFoundException || cause.InnerException is DllNotFoundException || NamesSetup(cause);

    private static bool NamesSetup(Exception cause) => cause.Message.Contains(Setup, StringComparison.Ordinal);

    private static string Hint(Exception cause, int code, bool verbose) =>
        code == ExitCode.Failure && !verbose && cause is not UnwritableOutputException ? " (--verbose shows where)" : "";

    /// <summary>The original exception, without the wrappers of the runtime.</summary>
    private static Exception Cause(Exception failure) => failure switch
    {
        TypeInitializationException or TargetInvocationException when failure.InnerException is { } inner => Cause(inner),
        AggregateException { InnerExceptions: [var only] } => Cause(only),
        _ => failure,
    };
}

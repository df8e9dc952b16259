namespace PlaNet.Cli;

/// <summary>Exit codes of the process.</summary>
public static class ExitCode
{
    /// <summary>Success.</summary>
    public const int Success = 0;

    /// <summary>A failure that is not caused by the input, or a run, check or comparison that failed.</summary>
    public const int Failure = 1;

    /// <summary>The command, an option, the experiment or this machine cannot be used as it is; the message says what to change.</summary>
    public const int UnusableInput = 2;

    /// <summary>Interrupted by the user (128 + SIGINT, the shells' convention).</summary>
    public const int Interrupted = 130;
}

namespace PlaNet.Cli;

/// <summary>What the process tells its caller.</summary>
public static class ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    public const int Success = 0;

    /// <summary>Something broke that the user could not have known beforehand.</summary>
    public const int Failure = 1;

    /// <summary>The command, an option, the experiment or this machine cannot be used as they are; the message says what to change.</summary>
    public const int UnusableInput = 2;

    /// <summary>Ended at the user's wish (128 + SIGINT, as shells count).</summary>
    public const int Interrupted = 130;
}

namespace PlaNet.Environments.Processes;

/// <summary>
/// An environment's child process did not start, crashed, hung, or violated the protocol. The process has been killed and its whole episode
/// is discarded.
/// </summary>
/// <param name="message">What happened, with the command and the last line on the program's standard error.</param>
/// <param name="innerException">The original exception, or null.</param>
public sealed class EnvironmentProcessException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>
    /// Whether the program sent a message that the protocol or its own description forbids. The same episode would bring it again; a crash,
    /// a hang, a reported error or a stray line may not come again.
    /// </summary>
    public bool BreaksProtocol { get; init; }

    /// <summary>Exit code of the program; null if it had not exited by itself.</summary>
    public int? ExitCode { get; init; }
}

namespace PlaNet.Environments.Processes;

/// <summary>
/// An environment's child process did not start, crashed, hung, or violated the protocol. The process has been killed and its whole episode
/// is discarded.
/// </summary>
/// <param name="message">What happened, with the command and the last line on the program's standard error.</param>
/// <param name="innerException">The original exception, or null.</param>
public sealed class EnvironmentProcessException(string message, Exception? innerException = null) : Exception(message, innerException);

namespace PlaNet.Environments.Processes;

/// <summary>
/// An environment's child process did not start, crashed, hung, or said something that the protocol does not allow. The child has been
/// ended; the episode is lost as a whole.
/// </summary>
/// <param name="message">What happened, with the program's name and the last line it wrote to its standard error.</param>
/// <param name="innerException">What was found first, or null.</param>
public sealed class EnvironmentProcessException(string message, Exception? innerException = null) : Exception(message, innerException);

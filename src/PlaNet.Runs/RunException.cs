namespace PlaNet.Runs;

/// <summary>A run directory or an option of a run cannot be used. The message gives the reason and the remedy.</summary>
/// <param name="message">One line.</param>
/// <param name="innerException">The cause, if any. Default null.</param>
public class RunException(string message, Exception? innerException = null) : Exception(message, innerException);

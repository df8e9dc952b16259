namespace PlaNet.Runs;

/// <summary>A run directory cannot be used as asked: the message names it, the reason and the remedy.</summary>
/// <param name="message">One line.</param>
/// <param name="innerException">What it follows from; null for nothing. Default null.</param>
public class RunException(string message, Exception? innerException = null) : Exception(message, innerException);

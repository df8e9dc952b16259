namespace PlaNet.Training;

/// <summary>A run directory cannot be used as asked: the message names it, the reason and the remedy.</summary>
/// <param name="message">One line.</param>
public class RunException(string message) : Exception(message);

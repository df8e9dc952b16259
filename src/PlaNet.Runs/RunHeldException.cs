namespace PlaNet.Runs;

/// <summary>Another process runs the run directory.</summary>
/// <param name="message">One line.</param>
public sealed class RunHeldException(string message) : RunException(message);

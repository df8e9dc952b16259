namespace PlaNet.Runs;

/// <summary>Another process has locked the run directory.</summary>
/// <param name="message">One line.</param>
public sealed class RunHeldException(string message) : RunException(message);

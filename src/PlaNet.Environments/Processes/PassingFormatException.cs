namespace PlaNet.Environments.Processes;

/// <summary>
/// A message that may not come again when the episode is played again: an error that the program reports itself, or a line that is no
/// message at all, such as the warning of a library.
/// </summary>
internal sealed class PassingFormatException(string message, Exception? innerException = null) : FormatException(message, innerException);

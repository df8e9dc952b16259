namespace PlaNet.Environments.Verification;

/// <summary>A folder of recorded figures cannot be read: something is missing or malformed. The message names the file and the rule.</summary>
/// <param name="message">One line that names the file, the rule and the remedy.</param>
/// <param name="innerException">What was found first, or null.</param>
public sealed class ReferenceDataException(string message, Exception? innerException = null) : Exception(message, innerException);

namespace PlaNet.Environments.Verification;

/// <summary>A reference folder cannot be used: a file is missing or malformed.</summary>
/// <param name="message">One line that names the file, the rule and the remedy.</param>
/// <param name="innerException">The original exception, or null.</param>
public sealed class ReferenceDataException(string message, Exception? innerException = null) : Exception(message, innerException);

namespace PlaNet;

/// <summary>An update met a loss or gradient that is not finite; the model was left as it was.</summary>
/// <param name="message">What was not finite, and what to try.</param>
public sealed class NonFiniteLossException(string message) : Exception(message);

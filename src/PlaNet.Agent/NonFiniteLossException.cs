namespace PlaNet;

/// <summary>The loss or the gradient of an update is not finite; the model is unchanged.</summary>
/// <param name="message">The values that are not finite, and the remedy.</param>
public sealed class NonFiniteLossException(string message) : Exception(message);

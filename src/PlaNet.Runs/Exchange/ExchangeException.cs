namespace PlaNet.Runs.Exchange;

/// <summary>An exchange cannot be reached or used. The message is one line: the exchange, the reason and the remedy.</summary>
/// <param name="message">One line.</param>
/// <param name="innerException">What the driver said.</param>
public sealed class ExchangeException(string message, Exception innerException) : Exception(message, innerException)
{
    /// <summary>Whether it may pass by itself, as when a server restarts. Default false.</summary>
    public bool IsPassing { get; init; }
}

using System.Runtime.Serialization;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// A message was refused by a serializer, of its sender or of its receiver. Akka logs it and keeps the connection; the message is lost, so
/// that whoever waits for an answer needs a timeout.
/// </summary>
public sealed class WireException : SerializationException
{
    /// <summary>A refusal.</summary>
    /// <param name="message">Names the message, the rule and the remedy.</param>
    public WireException(string message)
        : base(message)
    {
    }

    /// <summary>A refusal because of another failure.</summary>
    /// <param name="message">Names the message, the rule and the remedy.</param>
    /// <param name="innerException">What the format reported.</param>
    public WireException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

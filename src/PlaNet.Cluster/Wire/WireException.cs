using System.Runtime.Serialization;

namespace PlaNet.Cluster.Wire;

/// <summary>
/// A serializer of the sender or of the receiver refused a message. Akka logs it and keeps the connection. The message is lost, so a
/// request needs a timeout.
/// </summary>
public sealed class WireException : SerializationException
{
    /// <summary>Makes a refusal.</summary>
    /// <param name="message">Names the message, the rule and the remedy.</param>
    public WireException(string message)
        : base(message)
    {
    }

    /// <summary>Makes a refusal with its cause.</summary>
    /// <param name="message">Names the message, the rule and the remedy.</param>
    /// <param name="innerException">The error of the format.</param>
    public WireException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

namespace PlaNet.Cluster.Security;

/// <summary>A node cannot take part in a cluster as it was asked to. The message is one line: the value, the rule and the remedy.</summary>
public sealed class ClusterException : Exception
{
    /// <summary>A node that cannot take part.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    public ClusterException(string message)
        : base(message)
    {
    }

    /// <summary>A node that cannot take part because of another failure.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    /// <param name="innerException">What was found first.</param>
    public ClusterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

namespace PlaNet.Cluster.Security;

/// <summary>A node cannot take part in a cluster as requested. The message is one line: the value, the rule and the remedy.</summary>
public sealed class ClusterException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    public ClusterException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with its cause.</summary>
    /// <param name="message">One line that names the value, the rule and the remedy.</param>
    /// <param name="innerException">The cause.</param>
    public ClusterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

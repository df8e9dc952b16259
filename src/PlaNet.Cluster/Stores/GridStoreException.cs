namespace PlaNet.Cluster.Stores;

/// <summary>A store cannot be reached or used. The message is one line with the store, the reason and the remedy.</summary>
public sealed class GridStoreException : Exception
{
    /// <summary>A failure of a store.</summary>
    /// <param name="message">One line that names the store, the reason and the remedy.</param>
    public GridStoreException(string message)
        : base(message)
    {
    }

    /// <summary>A failure of a store with its cause.</summary>
    /// <param name="message">One line that names the store, the reason and the remedy.</param>
    /// <param name="innerException">The exception of the database driver.</param>
    public GridStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether a retry may succeed, for example after a server restart. Default false.</summary>
    public bool IsTransient { get; init; }
}

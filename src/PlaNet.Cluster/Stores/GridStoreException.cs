namespace PlaNet.Cluster.Stores;

/// <summary>A grid's store cannot be used or reached. The message is one line: the store, the reason and the remedy.</summary>
public sealed class GridStoreException : Exception
{
    /// <summary>A store that cannot be used.</summary>
    /// <param name="message">One line that names the store, the reason and the remedy.</param>
    public GridStoreException(string message)
        : base(message)
    {
    }

    /// <summary>A store that cannot be used because of another failure.</summary>
    /// <param name="message">One line that names the store, the reason and the remedy.</param>
    /// <param name="innerException">What the store's driver said.</param>
    public GridStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether it may pass by itself, as when a server restarts. Default false.</summary>
    public bool IsPassing { get; init; }
}

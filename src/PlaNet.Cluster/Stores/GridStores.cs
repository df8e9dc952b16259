namespace PlaNet.Cluster.Stores;

/// <summary>Opens the store that an address names.</summary>
public static class GridStores
{
    /// <summary>Opens a PostgreSQL database (<c>postgres://...</c>) or a folder of this machine.</summary>
    /// <param name="address">The address.</param>
    /// <param name="time">The machine's clock, by which a folder's leases are counted.</param>
    /// <exception cref="GridStoreException">The address cannot be read, or the store cannot be used.</exception>
    public static IGridStore Open(string address, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (PostgresAddress.IsOne(address))
        {
            return PostgresGridStore.Open(PostgresAddress.Parse(address));
        }

        return address.Contains("://", StringComparison.Ordinal)
            ? throw new GridStoreException($"There is no store of the kind {address[..address.IndexOf("://", StringComparison.Ordinal)]}: give a folder, or postgres://user@host:5432/database.")
            : LocalGridStore.Open(address, time);
    }
}

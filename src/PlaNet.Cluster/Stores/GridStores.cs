namespace PlaNet.Cluster.Stores;

/// <summary>Opens what an address names.</summary>
public static class GridStores
{
    /// <summary>Opens the grids of a store: a PostgreSQL database (<c>postgres://...</c>) or a folder of this machine.</summary>
    /// <param name="address">The address.</param>
    /// <param name="time">The machine's clock, by which a folder's leases are counted.</param>
    /// <exception cref="GridStoreException">The address cannot be read, or the store cannot be used.</exception>
    public static IGridStore Open(string address, TimeProvider time) => GridStore.Open(OpenDatabase(address, time));

    /// <summary>The database that a store keeps its tables in.</summary>
    /// <param name="address">The address.</param>
    /// <param name="time">The machine's clock, by which a folder's leases are counted.</param>
    /// <exception cref="GridStoreException">The address cannot be read, or a folder cannot be used.</exception>
    public static Database OpenDatabase(string address, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (PostgresAddress.IsOne(address))
        {
            return PostgresDatabase.At(PostgresAddress.Parse(address));
        }

        return address.Contains("://", StringComparison.Ordinal)
            ? throw new GridStoreException($"There is no store of the kind {address[..address.IndexOf("://", StringComparison.Ordinal)]}: give a folder, or postgres://user@host:5432/database.")
            : SqliteDatabase.Open(address, time);
    }
}

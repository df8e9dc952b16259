namespace PlaNet.Cluster.Stores;

/// <summary>Opens what an address names.</summary>
public static class GridStores
{
    /// <summary>Opens the grids of a store: a PostgreSQL database (<c>postgres://...</c>) or a folder of this machine.</summary>
    /// <param name="address">The address.</param>
    /// <param name="time">The machine's clock, by which a folder's leases are counted.</param>
    /// <exception cref="GridStoreException">The address cannot be read, or the store cannot be used.</exception>
    public static IGridStore Open(string address, TimeProvider time) => GridStore.Open(OpenDatabase(address, time));

    /// <summary>An address as it may be shown: without a password. Nothing is opened.</summary>
    /// <param name="address">The address.</param>
    /// <exception cref="GridStoreException">The address cannot be read.</exception>
    public static string Shown(string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        return PostgresAddress.IsOne(address) ? PostgresAddress.Parse(address).Shown
            : address.Contains("://", StringComparison.Ordinal) ? throw UnknownKind(address)
            : address;
    }

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
            ? throw UnknownKind(address)
            : SqliteDatabase.Open(address, time);
    }

    private static GridStoreException UnknownKind(string address) => new(
        $"There is no store of the kind {address[..address.IndexOf("://", StringComparison.Ordinal)]}: give a folder, or postgres://user@host:5432/database.");
}

namespace PlaNet.Cluster.Stores;

/// <summary>Opens stores by address.</summary>
public static class GridStores
{
    /// <summary>Opens a store.</summary>
    /// <param name="address">A PostgreSQL database (<c>postgres://...</c>) or a folder of this machine.</param>
    /// <param name="time">The clock for leases in a folder; a database uses its server's clock.</param>
    /// <exception cref="GridStoreException">The address is invalid, or the store cannot be used.</exception>
    public static IGridStore Open(string address, TimeProvider time) => GridStore.Open(OpenDatabase(address, time));

    /// <summary>Validates an address and returns it without a password, for messages. Does not open the store.</summary>
    /// <exception cref="GridStoreException">The address is invalid.</exception>
    public static string DisplayAddress(string address)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        return PostgresAddress.IsPostgres(address) ? PostgresAddress.Parse(address).DisplayAddress
            : address.Contains("://", StringComparison.Ordinal) ? throw UnknownKind(address)
            : address;
    }

    /// <summary>Opens the database of a store.</summary>
    /// <param name="address">A PostgreSQL database (<c>postgres://...</c>) or a folder of this machine.</param>
    /// <param name="time">The clock for leases in a folder; a database uses its server's clock.</param>
    /// <exception cref="GridStoreException">The address is invalid, or the folder cannot be used.</exception>
    public static Database OpenDatabase(string address, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (PostgresAddress.IsPostgres(address))
        {
            return PostgresDatabase.At(PostgresAddress.Parse(address));
        }

        return address.Contains("://", StringComparison.Ordinal)
            ? throw UnknownKind(address)
            : SqliteDatabase.Open(address, time);
    }

    private static GridStoreException UnknownKind(string address) => new(
        $"The store's address begins with {address[..address.IndexOf("://", StringComparison.Ordinal)]}://, which is not supported. " +
        "Give a folder, or postgres://user@host:5432/database.");
}

using PlaNet.Cluster.Stores;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cluster;

/// <summary>Where a store of a kind lies, opened as often as one likes.</summary>
internal sealed class StorePlace : IDisposable
{
    private readonly TemporaryFolder? _folder;
    private readonly string? _database;

    private StorePlace(TemporaryFolder? folder, string? database)
    {
        _folder = folder;
        _database = database;
    }

    /// <summary>The kinds: names, because a server that is missing skips its tests.</summary>
    public static TheoryData<string> Kinds => ["local", "postgres"];

    /// <summary>The clock of all who open it.</summary>
    public SettableTime Time { get; } = new();

    /// <summary>Its address for other processes, whose clock is the machine's.</summary>
    public string Address => _database ?? _folder!.Path;

    public static StorePlace Of(string kind, PostgresServer server)
    {
        if (kind == "local")
        {
            return new StorePlace(new TemporaryFolder(), null);
        }

        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return new StorePlace(null, server.NewDatabase());
    }

    public Database Open() => _database is null ? SqliteDatabase.Open(_folder!.Path, Time) : PostgresDatabase.At(PostgresAddress.Parse(_database), Time);

    public void Dispose() => _folder?.Dispose();
}

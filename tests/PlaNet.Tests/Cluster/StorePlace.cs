using PlaNet.Cluster.Stores;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cluster;

/// <summary>The location of a store of one kind, which can be opened several times.</summary>
internal sealed class StorePlace : IDisposable
{
    private readonly TemporaryFolder? _folder;
    private readonly string? _database;

    private StorePlace(TemporaryFolder? folder, string? database)
    {
        _folder = folder;
        _database = database;
    }

    /// <summary>The kinds, as names: a test without its server is skipped only when it runs.</summary>
    public static TheoryData<string> Kinds => ["local", "postgres"];

    /// <summary>The clock of every store opened here.</summary>
    public SettableTime Time { get; } = new();

    public static StorePlace Of(string kind, PostgresServer server)
    {
        if (kind == "local")
        {
            return new StorePlace(new TemporaryFolder(), null);
        }

        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        return new StorePlace(null, server.NewDatabase());
    }

    public Database Open() =>
        _database is null ? SqliteDatabase.Open(_folder!.Path, Time) : PostgresDatabase.At(PostgresAddress.Parse(_database), Time);

    public void Dispose() => _folder?.Dispose();
}

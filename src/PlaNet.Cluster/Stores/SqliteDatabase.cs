using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PlaNet.Cluster.Stores;

/// <summary>
/// An SQLite database in a folder, for the processes of one machine. It survives <c>kill -9</c> and a power failure at any time.
/// Its locks do not work across machines, so a folder on a network file system cannot be shared by several machines.
/// </summary>
public sealed class SqliteDatabase : Database
{
    private const string File = "grid.db";

    private static readonly TimeSpan s_lockTimeout = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;

    static SqliteDatabase()
    {
        Batteries_V2.Init();
    }

    private SqliteDatabase(string folder, TimeProvider time)
    {
        Address = folder;
        _time = time;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(folder, File),
            DefaultTimeout = 30,
            Pooling = false,
        }.ToString());
    }

    /// <inheritdoc/>
    public override string Address { get; }

    /// <inheritdoc/>
    internal override string SkipLockedClause => "";

    /// <inheritdoc/>
    internal override string LockRowClause => "";

    /// <inheritdoc/>
    internal override string Now => "@now";

    /// <inheritdoc/>
    internal override string IdentityKeyType => "integer primary key autoincrement";

    /// <summary>Whether a folder contains such a database.</summary>
    public static bool Exists(string folder) => System.IO.File.Exists(Path.Combine(folder, File));

    /// <summary>Opens the database in a folder; creates both if missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="time">The clock for leases; all processes must use the machine's clock.</param>
    /// <exception cref="GridStoreException">The folder cannot be written, or its database is damaged.</exception>
    public static SqliteDatabase Open(string folder, TimeProvider time)
    {
        var path = Path.GetFullPath(folder);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new GridStoreException(
                $"The store {path} cannot be created: {exception.Message} Give a folder that you can write to with --store.", exception);
        }

        var database = new SqliteDatabase(path, time);
        try
        {
            database.Start();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    internal override T Transact<T>(Func<Transaction, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);

        // Waiting for this lock is cheaper than polling SQLite's file lock against other threads of this process.
        lock (_gate)
        {
            try
            {
                Begin();
                try
                {
                    var result = work(new Transaction(this, _connection, transaction: null));
                    Execute("commit");
                    return result;
                }
                catch
                {
                    // The result is ignored: an error may have rolled back the transaction already.
                    raw.sqlite3_exec(_connection.Handle, "rollback");
                    throw;
                }
            }
            catch (SqliteException exception)
            {
                throw Explain(exception);
            }
        }
    }

    /// <inheritdoc/>
    internal override void AddTimeParameter(DbCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        ((SqliteCommand)command).Parameters.AddWithValue("@now", _time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _connection.Dispose();
        }
    }

    // Polls itself, because portable builds of SQLite wait in whole seconds, and the driver in steps of 150 ms.
    private void Begin()
    {
        var start = Stopwatch.GetTimestamp();
        int code;
        while ((code = raw.sqlite3_exec(_connection.Handle, "begin immediate")) == raw.SQLITE_BUSY
            && Stopwatch.GetElapsedTime(start) < s_lockTimeout)
        {
#pragma warning disable RS0030 // There is no notification when another process releases its lock.
            Thread.Sleep(1);
#pragma warning restore RS0030
        }

        SqliteException.ThrowExceptionForRC(code, _connection.Handle);
    }

    private void Execute(string statement)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(_connection.Handle, statement), _connection.Handle);
    }

    private void Start()
    {
        try
        {
            _connection.Open();
            using var pragma = _connection.CreateCommand();

            // With WAL, readers and the writer do not block one another; full synchronization makes commits durable. Statistics, which
            // earlier versions collected while all cells were queued, would make every claim scan the whole table.
            pragma.CommandText = """
                pragma busy_timeout = 30000; pragma journal_mode = wal; pragma synchronous = full; drop table if exists sqlite_stat1;
                pragma busy_timeout = 0
                """;
            pragma.ExecuteNonQuery();
        }
        catch (SqliteException exception)
        {
            throw Explain(exception);
        }
    }

    private GridStoreException Explain(SqliteException exception) => new(
        $"The store {Address} cannot be used: {exception.Message} Give a folder on a local disk that you can write to with --store.",
        exception);
}

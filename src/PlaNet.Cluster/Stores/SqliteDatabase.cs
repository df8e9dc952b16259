using System.Data.Common;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PlaNet.Cluster.Stores;

/// <summary>
/// For the processes of one machine: one SQLite database in a folder. It survives <c>kill -9</c> and a power cut at any moment.
/// Its locks do not hold across machines, so that a folder on a network file system is no store for several of them.
/// </summary>
public sealed class SqliteDatabase : Database
{
    private const string File = "grid.db";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

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
    internal override string LockFirstFree => "";

    /// <inheritdoc/>
    internal override string LockRow => "";

    /// <inheritdoc/>
    internal override string Now => "@now";

    /// <inheritdoc/>
    internal override string CountedKey => "integer primary key autoincrement";

    /// <summary>Whether a folder holds one.</summary>
    /// <param name="folder">The folder.</param>
    public static bool Exists(string folder) => System.IO.File.Exists(Path.Combine(folder, File));

    /// <summary>Opens the database in a folder, creating both where they are not there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="time">The clock by which leases are counted; the clocks of all processes are the machine's.</param>
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
            throw new GridStoreException($"The store {path} cannot be created: {exception.Message} Give another folder with --store.", exception);
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

        // One at a time in this process: waiting for a lock of one's own is cheaper than asking the file again and again.
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
                    // An error may have ended the transaction already.
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
    internal override void AddTime(DbCommand command)
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

    // The library itself waits in whole seconds where it is built for any system, and the driver in steps of 150 ms.
    private void Begin()
    {
        var start = Stopwatch.GetTimestamp();
        int code;
        while ((code = raw.sqlite3_exec(_connection.Handle, "begin immediate")) == raw.SQLITE_BUSY && Stopwatch.GetElapsedTime(start) < s_patience)
        {
#pragma warning disable RS0030 // A lock of another process: nobody tells when it is free.
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

            // Readers and the writer do not wait for one another, and a commit is on disk. Statistics, which earlier versions took while all cells
            // were queued, would have every claim read the whole table.
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
        $"The store {Address} cannot be used: {exception.Message} Give a folder on a local disk that you may write to, with --store.", exception);
}

using System.Data;
using System.Data.Common;
using System.Security.Authentication;
using Npgsql;

namespace PlaNet.Cluster.Stores;

/// <summary>
/// For any number of machines: a PostgreSQL database. Leases are counted by the server's clock, so that the machines' clocks need
/// not agree. Nodes that claim at the same moment pass over each other's rows (<c>for update skip locked</c>).
/// </summary>
public sealed class PostgresDatabase : Database
{
    private const string LetIn =
        "Check that the server runs and lets you in: the password is taken from PGPASSWORD or from the file that PGPASSFILE names.";

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider? _time;

    private PostgresDatabase(PostgresAddress address, TimeProvider? time)
    {
        Address = address.Shown;
        _time = time;
        _source = NpgsqlDataSource.Create(address.ConnectionString);
    }

    /// <inheritdoc/>
    public override string Address { get; }

    /// <inheritdoc/>
    internal override string LockFirstFree => "for update skip locked";

    /// <inheritdoc/>
    internal override string LockRow => "for update";

    /// <inheritdoc/>
    internal override string Now => _time is null ? "(extract(epoch from clock_timestamp()) * 1000)::bigint" : "@now";

    /// <inheritdoc/>
    internal override string CountedKey => "bigint generated always as identity primary key";

    // Two nodes that make the same table at the same moment would trip over each other.
    /// <inheritdoc/>
    internal override string BeforeTables => "select pg_advisory_xact_lock(7310512)";

    // Without this a server that has not come to it by itself sorts a new grid for every claim.
    /// <inheritdoc/>
    internal override string AfterGrowth => "analyze cells";

    /// <summary>The database at an address; nothing is asked of the server yet.</summary>
    /// <param name="address">The database.</param>
    /// <param name="time">Another clock than the server's, for tests; null for the server's.</param>
    public static PostgresDatabase At(PostgresAddress address, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new PostgresDatabase(address, time);
    }

    /// <inheritdoc/>
    internal override T Transact<T>(Func<Transaction, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            using var connection = _source.OpenConnection();
            using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
            var result = work(new Transaction(this, connection, transaction));
            transaction.Commit();
            return result;
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or IOException)
        {
            throw Explain(exception);
        }
    }

    /// <inheritdoc/>
    internal override void AddTime(DbCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (_time is not null)
        {
            ((NpgsqlCommand)command).Parameters.AddWithValue("@now", _time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }
    }

    private GridStoreException Explain(Exception exception)
    {
        var isPassing = exception is NpgsqlException { IsTransient: true } or TimeoutException or IOException;
        if (isPassing)
        {
            // What broke one connection has most likely broken the others, which would be found out one by one.
            _source.Clear();
        }

        var (said, remedy) = exception switch
        {
            PostgresException server => ($"{server.SqlState}: {server.MessageText}", LetIn),
            { InnerException: AuthenticationException refusal } => (
                $"its certificate is refused: {refusal.Message}",
                "Give the name that the certificate is made out to, and in PGSSLROOTCERT the file with the certificate that signed it; or ask for less with sslmode."),
            _ => (exception.Message, LetIn),
        };
        return new GridStoreException(
            $"The store {Address} cannot be used: {string.Join(' ', said.Split('\n', StringSplitOptions.TrimEntries)).TrimEnd('.')}. {remedy}", exception)
        {
            IsPassing = isPassing,
        };
    }
}

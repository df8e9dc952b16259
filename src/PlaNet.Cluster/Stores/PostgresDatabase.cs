using System.Data;
using System.Data.Common;
using System.Security.Authentication;
using Npgsql;

namespace PlaNet.Cluster.Stores;

/// <summary>
/// A PostgreSQL database, for any number of machines. Leases use the server's clock, so the machines' clocks need not agree. Concurrent
/// claims skip each other's locked rows (<c>for update skip locked</c>).
/// </summary>
public sealed class PostgresDatabase : Database
{
    private const string ConnectRemedy =
        "Check that the server runs and accepts your login: the password is taken from PGPASSWORD or from the file that PGPASSFILE names.";

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider? _time;

    private PostgresDatabase(PostgresAddress address, TimeProvider? time)
    {
        Address = address.DisplayAddress;
        _time = time;
        _source = NpgsqlDataSource.Create(address.ConnectionString);
    }

    /// <inheritdoc/>
    public override string Address { get; }

    /// <inheritdoc/>
    internal override string SkipLockedClause => "for update skip locked";

    /// <inheritdoc/>
    internal override string LockRowClause => "for update";

    /// <inheritdoc/>
    internal override string Now => _time is null ? "(extract(epoch from clock_timestamp()) * 1000)::bigint" : "@now";

    /// <inheritdoc/>
    internal override string IdentityKeyType => "bigint generated always as identity primary key";

    // Without this lock, one of two nodes that create the same table concurrently would fail.
    /// <inheritdoc/>
    internal override string BeforeCreateTables => "select pg_advisory_xact_lock(7310512)";

    // Until the server has analyzed a new grid, its planner would sort the grid for every claim.
    /// <inheritdoc/>
    internal override string AfterGrowth => "analyze cells";

    /// <summary>The database at an address. Does not connect to the server yet.</summary>
    /// <param name="address">The address.</param>
    /// <param name="time">A clock that replaces the server's, for tests; null for the server's clock.</param>
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
    internal override void AddTimeParameter(DbCommand command)
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
        var isTransient = exception is NpgsqlException { IsTransient: true } or TimeoutException or IOException;
        if (isTransient)
        {
            // The other pooled connections are most likely broken too, and each would fail once.
            _source.Clear();
        }

        var (reason, remedy) = exception switch
        {
            PostgresException server => ($"{server.SqlState}: {server.MessageText}", ConnectRemedy),
            { InnerException: AuthenticationException refusal } => (
                $"the server's certificate was refused: {refusal.Message}",
                "Use the host name that the certificate names, and set PGSSLROOTCERT to the file with the certificate that signed it, " +
                "or choose a weaker sslmode."),
            _ => (exception.Message, ConnectRemedy),
        };
        var line = string.Join(' ', reason.Split('\n', StringSplitOptions.TrimEntries)).TrimEnd('.');
        return new GridStoreException($"The store {Address} cannot be used: {line}. {remedy}", exception)
        {
            IsTransient = isTransient,
        };
    }
}

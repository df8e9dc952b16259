using System.Data.Common;

namespace PlaNet.Cluster.Stores;

/// <summary>
/// The database of a store, with the SQL that differs between database systems. Times are whole milliseconds since 1970-01-01 UTC by the
/// database's clock.
/// </summary>
/// <remarks>Every method throws <see cref="GridStoreException"/> if the database cannot be reached or used.</remarks>
public abstract class Database : IDisposable
{
    /// <summary>The address without a password, for messages.</summary>
    public abstract string Address { get; }

    /// <summary>SQL suffix of a <c>select</c> that locks its rows and skips rows locked by other transactions.</summary>
    internal abstract string SkipLockedClause { get; }

    /// <summary>SQL suffix of a <c>select</c> that locks its row, waiting for other transactions.</summary>
    internal abstract string LockRowClause { get; }

    /// <summary>SQL expression for the current time in milliseconds.</summary>
    internal abstract string Now { get; }

    /// <summary>SQL type of a primary key with increasing values that are never reused.</summary>
    internal abstract string IdentityKeyType { get; }

    /// <summary>Statement to execute before the tables are created, in the same transaction; empty for none.</summary>
    internal virtual string BeforeCreateTables => "";

    /// <summary>Statement to execute after the table of cells has grown by a tenth or more; empty for none.</summary>
    internal virtual string AfterGrowth => "";

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Executes work in one transaction, which is durable when this returns and rolled back if the work throws.</summary>
    internal abstract T Transact<T>(Func<Transaction, T> work);

    /// <summary>Adds the parameters of <see cref="Now"/> to a command.</summary>
    internal abstract void AddTimeParameter(DbCommand command);

    /// <summary>Creates the tables and indexes that do not exist yet.</summary>
    /// <param name="statements">Statements of the form <c>create ... if not exists</c>.</param>
    internal void CreateTables(IReadOnlyList<string> statements)
    {
        Transact(transaction =>
        {
            foreach (var statement in statements.Prepend(BeforeCreateTables).Where(statement => statement.Length > 0))
            {
                transaction.Execute(statement);
            }

            return true;
        });
    }

    /// <summary>Closes the database.</summary>
    /// <param name="disposing">Whether this is called by <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}

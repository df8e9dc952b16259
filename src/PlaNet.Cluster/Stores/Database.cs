using System.Data.Common;

namespace PlaNet.Cluster.Stores;

/// <summary>
/// The database in which a store keeps its tables, and what differs between the kinds. Times are whole milliseconds since 1970, by the
/// database's clock.
/// </summary>
/// <remarks>Every method throws <see cref="GridStoreException"/> where the database cannot be reached or used.</remarks>
public abstract class Database : IDisposable
{
    /// <summary>The address as it may be shown: it never holds a password.</summary>
    public abstract string Address { get; }

    /// <summary>What follows a selection to lock its rows, passing over rows that others have locked.</summary>
    internal abstract string LockFirstFree { get; }

    /// <summary>What follows a selection to lock its row, waiting for it if need be.</summary>
    internal abstract string LockRow { get; }

    /// <summary>The time in milliseconds as an SQL expression.</summary>
    internal abstract string Now { get; }

    /// <summary>Type of a primary key that counts rows as they are written and never counts one twice.</summary>
    internal abstract string CountedKey { get; }

    /// <summary>A statement that goes before tables are made, in the same transaction; empty for none.</summary>
    internal virtual string BeforeTables => "";

    /// <summary>A statement that goes after additions by which the table of cells has grown by a tenth or more; empty for none.</summary>
    internal virtual string AfterGrowth => "";

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Does work in one transaction, which is on disk when this returns and undone when the work throws.</summary>
    /// <param name="work">The work.</param>
    internal abstract T Transact<T>(Func<Transaction, T> work);

    /// <summary>Whatever <see cref="Now"/> needs, for every command.</summary>
    /// <param name="command">The command.</param>
    internal abstract void AddTime(DbCommand command);

    /// <summary>Makes tables where they are not there yet.</summary>
    /// <param name="statements">The statements that make them.</param>
    internal void CreateTables(IReadOnlyList<string> statements)
    {
        Transact(transaction =>
        {
            foreach (var statement in statements.Prepend(BeforeTables).Where(statement => statement.Length > 0))
            {
                transaction.Execute(statement);
            }

            return true;
        });
    }

    /// <summary>Closes the database.</summary>
    /// <param name="disposing">Whether it is closed on purpose.</param>
    protected abstract void Dispose(bool disposing);
}

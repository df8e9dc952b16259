using System.Data.Common;
using System.Globalization;

namespace PlaNet.Cluster.Stores;

/// <summary>
/// What the stores have in common: each change reads one row under a lock, asks <see cref="CellState"/> what it becomes, and writes it
/// and a line of history in the same transaction. Times are whole milliseconds since 1970, by the store's clock.
/// </summary>
public abstract class SqlGridStore : IGridStore
{
    private const string StateColumns = "status, owner, epoch, lease_until, failures, step, began_at, started, changed, reason";

    /// <inheritdoc/>
    public abstract string Address { get; }

    /// <summary>What follows a selection to lock its rows, passing over rows that others have locked.</summary>
    protected abstract string LockFirstFree { get; }

    /// <summary>What follows a selection to lock its row, waiting for it if need be.</summary>
    protected abstract string LockRow { get; }

    /// <summary>The time in milliseconds as an SQL expression.</summary>
    protected abstract string Now { get; }

    /// <summary>Type of a primary key that counts rows as they are written.</summary>
    protected abstract string CountedKey { get; }

    private string[] Schema =>
    [
        """
        create table if not exists cells (
            grid text not null, name text not null, ordinal bigint not null, experiment text not null, seed text not null,
            steps bigint not null, status integer not null, owner text not null, epoch bigint not null, lease_until bigint not null,
            failures integer not null, step bigint not null, began_at bigint not null, started bigint not null, changed bigint not null,
            reason text not null, primary key (grid, name))
        """,
        "create index if not exists cells_by_status on cells (status, ordinal)",
        $"""
        create table if not exists events (
            number {CountedKey}, grid text not null, name text not null, at bigint not null, status integer not null, owner text not null,
            epoch bigint not null, reason text not null)
        """,
        "create index if not exists events_by_cell on events (grid, name)",
    ];

    /// <inheritdoc/>
    public int Add(string grid, IReadOnlyList<NewCell> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        return Transact((connection, transaction) =>
        {
            using var last = Command(connection, transaction, "select coalesce(max(ordinal), 0) from cells");
            var ordinal = Convert.ToInt64(last.ExecuteScalar(), CultureInfo.InvariantCulture);
            var added = 0;
            foreach (var cell in cells)
            {
                using var insert = Command(
                    connection,
                    transaction,
                    $"""
                    insert into cells (grid, name, ordinal, experiment, seed, steps, {StateColumns})
                    values (@grid, @name, @ordinal, @experiment, @seed, @steps, 0, '', 0, 0, 0, 0, 0, 0, {Now}, '')
                    on conflict (grid, name) do nothing
                    """,
                    ("@grid", grid),
                    ("@name", cell.Name),
                    ("@ordinal", ++ordinal),
                    ("@experiment", cell.Experiment),
                    ("@seed", cell.Seed.ToString(CultureInfo.InvariantCulture)),
                    ("@steps", cell.Steps));
                added += insert.ExecuteNonQuery();
            }

            return added;
        });
    }

    /// <inheritdoc/>
    public CellLease? Claim(string owner, TimeSpan lease, string? grid = null)
    {
        return Transact((connection, transaction) =>
            Claim(connection, transaction, $"status = {(int)CellStatus.Running} and lease_until <= {Now}", owner, lease, grid)
            ?? Claim(connection, transaction, $"status = {(int)CellStatus.Queued}", owner, lease, grid));
    }

    /// <inheritdoc/>
    public bool Heartbeat(CellLease held, long step, TimeSpan lease)
    {
        ArgumentNullException.ThrowIfNull(held);
        return Change(held.Key, (state, now) => state.Heartbeat(held.Owner, held.Epoch, step, now, lease), keep: false) is not null;
    }

    /// <inheritdoc/>
    public bool Complete(CellLease held)
    {
        ArgumentNullException.ThrowIfNull(held);
        return Change(held.Key, (state, now) => state.Complete(held.Owner, held.Epoch, held.Cell.Steps, now)) is not null;
    }

    /// <inheritdoc/>
    public CellStatus? Fail(CellLease held, string reason, int budget)
    {
        ArgumentNullException.ThrowIfNull(held);
        return Change(held.Key, (state, now) => state.Fail(held.Owner, held.Epoch, reason, budget, now))?.Status;
    }

    /// <inheritdoc/>
    public bool Release(CellKey key, string owner, long epoch) => Change(key, (state, now) => state.Release(owner, epoch, now)) is not null;

    /// <inheritdoc/>
    public bool Cancel(CellKey key) => Change(key, (state, now) => state.Cancel(now)) is not null;

    /// <inheritdoc/>
    public bool Pause(CellKey key) => Change(key, (state, now) => state.Pause(now)) is not null;

    /// <inheritdoc/>
    public bool Requeue(CellKey key) => Change(key, (state, now) => state.Requeue(now)) is not null;

    /// <inheritdoc/>
    public IReadOnlyList<CellRow> List(string? grid = null)
    {
        return Transact<IReadOnlyList<CellRow>>((connection, transaction) =>
        {
            using var select = Command(
                connection,
                transaction,
                $"select {StateColumns}, grid, name, steps from cells {(grid is null ? "" : "where grid = @grid")} order by ordinal",
                ("@grid", grid));
            using var reader = select.ExecuteReader();
            var rows = new List<CellRow>();
            while (reader.Read())
            {
                rows.Add(new CellRow(new CellKey(reader.GetString(10), reader.GetString(11)), reader.GetInt64(12), State(reader)));
            }

            return rows;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<CellEvent> History(CellKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Transact<IReadOnlyList<CellEvent>>((connection, transaction) =>
        {
            using var select = Command(
                connection,
                transaction,
                $"select at, status, owner, epoch, reason from events where grid = @grid and name = @name order by number",
                ("@grid", key.Grid),
                ("@name", key.Name));
            using var reader = select.ExecuteReader();
            var events = new List<CellEvent>();
            while (reader.Read())
            {
                events.Add(new CellEvent(
                    Time(reader.GetInt64(0)), (CellStatus)reader.GetInt32(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4)));
            }

            return events;
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the store.</summary>
    /// <param name="disposing">Whether it is closed on purpose.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Makes the tables where they are not there yet.</summary>
    /// <param name="before">A statement that goes before, in the same transaction; empty for none.</param>
    protected void CreateTables(string before = "")
    {
        Transact((connection, transaction) =>
        {
            foreach (var statement in Schema.Prepend(before).Where(statement => statement.Length > 0))
            {
                using var create = Command(connection, transaction, statement);
                create.ExecuteNonQuery();
            }

            return 0;
        });
    }

    /// <summary>Does some work in one transaction that is on disk once it returns, or has left no trace if it throws.</summary>
    /// <typeparam name="T">What the work gives.</typeparam>
    /// <param name="work">The work.</param>
    /// <exception cref="GridStoreException">The store cannot be reached or used.</exception>
    protected abstract T Transact<T>(Func<DbConnection, DbTransaction, T> work);

    /// <summary>Whatever <see cref="Now"/> needs, for every command.</summary>
    /// <param name="command">The command.</param>
    protected abstract void AddTime(DbCommand command);

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static CellState State(DbDataReader reader) => new(
        (CellStatus)reader.GetInt32(0),
        reader.GetString(1),
        reader.GetInt64(2),
        Time(reader.GetInt64(3)),
        reader.GetInt32(4),
        reader.GetInt64(5),
        reader.GetInt64(6),
        Time(reader.GetInt64(7)),
        Time(reader.GetInt64(8)),
        reader.GetString(9));

    private CellLease? Claim(DbConnection connection, DbTransaction transaction, string free, string owner, TimeSpan lease, string? grid)
    {
        CellState? claimed;
        CellLease held;
        using (var select = Command(
            connection,
            transaction,
            $"""
            select {StateColumns}, {Now}, grid, name, experiment, seed, steps from cells
            where {free} {(grid is null ? "" : "and grid = @grid")} order by ordinal limit 1 {LockFirstFree}
            """,
            ("@grid", grid)))
        using (var reader = select.ExecuteReader())
        {
            if (!reader.Read())
            {
                return null;
            }

            // The row was free when it was locked, by a clock that has only gone on since.
            var state = State(reader);
            claimed = state.Claim(owner, Time(reader.GetInt64(10)), lease);
            held = new CellLease(
                new CellKey(reader.GetString(11), reader.GetString(12)),
                owner,
                state.Epoch + 1,
                new NewCell(
                    reader.GetString(12), reader.GetString(13), ulong.Parse(reader.GetString(14), CultureInfo.InvariantCulture), reader.GetInt64(15)));
        }

        if (claimed is null)
        {
            return null;
        }

        Write(connection, transaction, held.Key, claimed, keep: true);
        return held;
    }

    private CellState? Change(CellKey key, Func<CellState, DateTimeOffset, CellState?> change, bool keep = true)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Transact((connection, transaction) =>
        {
            CellState before;
            CellState? after;
            using (var select = Command(
                connection,
                transaction,
                $"select {StateColumns}, {Now} from cells where grid = @grid and name = @name {LockRow}",
                ("@grid", key.Grid),
                ("@name", key.Name)))
            using (var reader = select.ExecuteReader())
            {
                if (!reader.Read())
                {
                    return null;
                }

                before = State(reader);
                after = change(before, Time(reader.GetInt64(10)));
            }

            if (after is not null && after != before)
            {
                Write(connection, transaction, key, after, keep);
            }

            return after;
        });
    }

    private void Write(DbConnection connection, DbTransaction transaction, CellKey key, CellState state, bool keep)
    {
        (string, object?)[] values =
        [
            ("@grid", key.Grid), ("@name", key.Name), ("@status", (int)state.Status), ("@owner", state.Owner), ("@epoch", state.Epoch),
            ("@reason", state.Reason), ("@changed", state.Changed.ToUnixTimeMilliseconds()),
            ("@lease_until", state.LeaseUntil.ToUnixTimeMilliseconds()), ("@failures", state.Failures), ("@step", state.Step),
            ("@began_at", state.BeganAt), ("@started", state.Started.ToUnixTimeMilliseconds()),
        ];
        using var update = Command(
            connection,
            transaction,
            """
            update cells set status = @status, owner = @owner, epoch = @epoch, lease_until = @lease_until, failures = @failures, step = @step,
            began_at = @began_at, started = @started, changed = @changed, reason = @reason where grid = @grid and name = @name
            """,
            values);
        update.ExecuteNonQuery();
        if (keep)
        {
            using var insert = Command(
                connection,
                transaction,
                "insert into events (grid, name, at, status, owner, epoch, reason) values (@grid, @name, @changed, @status, @owner, @epoch, @reason)",
                values.AsSpan(0, 7));
            insert.ExecuteNonQuery();
        }
    }

    private DbCommand Command(DbConnection connection, DbTransaction transaction, string text, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // The text is this class's own; everything that comes from outside is a parameter.
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            if (value is not null)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = name;
                parameter.Value = value;
                command.Parameters.Add(parameter);
            }
        }

        if (text.Contains(Now, StringComparison.Ordinal))
        {
            AddTime(command);
        }

        return command;
    }
}

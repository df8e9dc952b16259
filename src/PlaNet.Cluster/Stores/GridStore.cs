using System.Data.Common;
using System.Globalization;
using PlaNet.Cluster.Nodes;

namespace PlaNet.Cluster.Stores;

/// <summary>
/// A store in a database. Each change reads one row under a lock, computes its next <see cref="CellState"/>, and writes it with an event in
/// the same transaction.
/// </summary>
public sealed class GridStore : IGridStore
{
    private const string StateColumns = "status, owner, epoch, lease_until, failures, step, began_at, started, changed, reason";

    private readonly Database _database;
    private readonly Transaction? _outer;

    // With an outer transaction, all methods take part in it; otherwise each method has its own.
    private GridStore(Database database, Transaction? outer = null)
    {
        _database = database;
        _outer = outer;
    }

    /// <inheritdoc/>
    public string Address => _database.Address;

    /// <summary>Opens the store in a database and creates its tables if they do not exist.</summary>
    /// <param name="database">The database. The store owns it; it is disposed if this throws.</param>
    /// <exception cref="GridStoreException">The database cannot be reached or used.</exception>
    public static GridStore Open(Database database)
    {
        ArgumentNullException.ThrowIfNull(database);
        try
        {
            var store = new GridStore(database);
            database.CreateTables(store.Schema);
            return store;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

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

        // For claims within one grid. It also covers the columns of Totals, which would otherwise read every experiment.
        "create index if not exists cells_of_grid_by_status on cells (grid, status, ordinal, steps, step)",

        // For pages and lists.
        "create index if not exists cells_in_order on cells (ordinal)",
        "create index if not exists cells_of_grid_in_order on cells (grid, ordinal)",
        $"""
        create table if not exists events (
            number {_database.IdentityKeyType}, grid text not null, name text not null, at bigint not null, status integer not null,
            owner text not null, epoch bigint not null, reason text not null)
        """,
        "create index if not exists events_by_cell on events (grid, name)",
    ];

    /// <inheritdoc/>
    public int Add(string grid, IReadOnlyList<NewCell> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        return Transact(transaction =>
        {
            using var last = transaction.Command("select coalesce(max(ordinal), 0) from cells");
            var ordinal = Convert.ToInt64(last.ExecuteScalar(), CultureInfo.InvariantCulture);
            var added = 0;
            foreach (var cell in cells)
            {
                using var insert = transaction.Command(
                    $"""
                    insert into cells (grid, name, ordinal, experiment, seed, steps, {StateColumns})
                    values (@grid, @name, @ordinal, @experiment, @seed, @steps, 0, '', 0, 0, 0, 0, 0, 0, {_database.Now}, '')
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

            // A grid arrives in many small additions, so each must not trigger the statement.
            if (added > 0 && 10L * added >= ordinal && _database.AfterGrowth.Length > 0)
            {
                transaction.Execute(_database.AfterGrowth);
            }

            return added;
        });
    }

    /// <inheritdoc/>
    public CellLease? Claim(string owner, TimeSpan lease, string? grid = null)
    {
        return Transact(transaction =>
            Claim(transaction, $"status = {(int)CellStatus.Running} and lease_until <= {_database.Now}", owner, lease, grid)
            ?? Claim(transaction, $"status = {(int)CellStatus.Queued}", owner, lease, grid));
    }

    /// <inheritdoc/>
    public bool Heartbeat(CellLease held, long step, TimeSpan lease)
    {
        ArgumentNullException.ThrowIfNull(held);
        return Change(held.Key, (state, now) => state.Heartbeat(held.Owner, held.Epoch, step, now, lease), recordEvent: false) is not null;
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
    public IReadOnlyList<CellRow> List(string? grid = null) =>
        Transact(transaction => Rows(transaction, $"{WhereGrid(grid)} order by ordinal", ("@grid", grid)));

    /// <inheritdoc/>
    public (IReadOnlyList<CellRow> Rows, int All) Page(string? grid, int first, int count)
    {
        return Transact(transaction =>
        {
            using var all = transaction.Command($"select count(*) from cells {WhereGrid(grid)}", ("@grid", grid));
            var rows = Rows(
                transaction,
                $"{WhereGrid(grid)} order by ordinal limit @count offset @first",
                ("@grid", grid),
                ("@count", count),
                ("@first", first));
            return (rows, Convert.ToInt32(all.ExecuteScalar(), CultureInfo.InvariantCulture));
        });
    }

    /// <inheritdoc/>
    public GridProgress Progress(string? grid = null)
    {
        return Transact(transaction =>
        {
            var running = Rows(
                transaction, $"{WhereGrid(grid, "and")} status = {(int)CellStatus.Running} order by ordinal", ("@grid", grid));
            return GridProgress.Of(Totals(transaction, grid), running.Sum(GridProgress.Rate));
        });
    }

    /// <inheritdoc/>
    public T InTransaction<T>(Func<IGridStore, T> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return Transact(transaction => work(new GridStore(_database, transaction)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<CellEvent> History(CellKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Transact<IReadOnlyList<CellEvent>>(transaction =>
        {
            using var select = transaction.Command(
                $"select at, status, owner, epoch, reason from events where grid = @grid and name = @name order by number",
                ("@grid", key.Grid),
                ("@name", key.Name));
            using var reader = select.ExecuteReader();
            var events = new List<CellEvent>();
            while (reader.Read())
            {
                events.Add(new CellEvent(
                    Time(reader.GetInt64(0)),
                    (CellStatus)reader.GetInt32(1),
                    reader.GetString(2),
                    reader.GetInt64(3),
                    reader.GetString(4)));
            }

            return events;
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_outer is null)
        {
            _database.Dispose();
        }
    }

    private T Transact<T>(Func<Transaction, T> work) => _outer is { } transaction ? work(transaction) : _database.Transact(work);

    // With a conjunction, another condition must follow; for all grids it is then the only one.
    private static string WhereGrid(string? grid, string conjunction = "") =>
        grid is not null ? $"where grid = @grid {conjunction}" : conjunction.Length > 0 ? "where" : "";

    private static List<StatusTotal> Totals(Transaction transaction, string? grid)
    {
        using var select = transaction.Command(
            $"""
            select status, count(*), cast(sum(steps) as bigint), cast(sum(case when step < steps then step else steps end) as bigint)
            from cells {WhereGrid(grid)} group by grid, status
            """,
            ("@grid", grid));
        using var reader = select.ExecuteReader();
        var totals = new List<StatusTotal>();
        while (reader.Read())
        {
            totals.Add(new StatusTotal((CellStatus)reader.GetInt32(0), reader.GetInt32(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        // The query groups by grid as well, because that is the order of the index.
        return
        [
            .. totals.GroupBy(total => total.Status).Select(same => new StatusTotal(
                same.Key, same.Sum(total => total.Cells), same.Sum(total => total.Steps), same.Sum(total => total.Done))),
        ];
    }

    private List<CellRow> Rows(Transaction transaction, string clauses, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var select = transaction.Command($"select {StateColumns}, {_database.Now}, grid, name, steps from cells {clauses}", values);
        using var reader = select.ExecuteReader();
        var rows = new List<CellRow>();
        while (reader.Read())
        {
            rows.Add(new CellRow(
                new CellKey(reader.GetString(11), reader.GetString(12)), reader.GetInt64(13), State(reader), Time(reader.GetInt64(10))));
        }

        return rows;
    }

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

    private CellLease? Claim(Transaction transaction, string condition, string owner, TimeSpan lease, string? grid)
    {
        CellState? claimed;
        CellLease held;
        using (var select = transaction.Command(
            $"""
            select {StateColumns}, {_database.Now}, grid, name, experiment, seed, steps from cells
            where {condition} {(grid is null ? "" : "and grid = @grid")} order by ordinal limit 1 {_database.SkipLockedClause}
            """,
            ("@grid", grid)))
        using (var reader = select.ExecuteReader())
        {
            if (!reader.Read())
            {
                return null;
            }

            // The condition held when the row was selected, so this claim fails only if the store's clock has moved back.
            var state = State(reader);
            claimed = state.Claim(owner, Time(reader.GetInt64(10)), lease);
            held = new CellLease(
                new CellKey(reader.GetString(11), reader.GetString(12)),
                owner,
                state.Epoch + 1,
                new NewCell(
                    reader.GetString(12),
                    reader.GetString(13),
                    ulong.Parse(reader.GetString(14), CultureInfo.InvariantCulture),
                    reader.GetInt64(15)));
        }

        if (claimed is null)
        {
            return null;
        }

        Write(transaction, held.Key, claimed, recordEvent: true);
        return held;
    }

    private CellState? Change(CellKey key, Func<CellState, DateTimeOffset, CellState?> change, bool recordEvent = true)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Transact(transaction =>
        {
            CellState before;
            CellState? after;
            using (var select = transaction.Command(
                $"select {StateColumns}, {_database.Now} from cells where grid = @grid and name = @name {_database.LockRowClause}",
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
                Write(transaction, key, after, recordEvent);
            }

            return after;
        });
    }

    private static void Write(Transaction transaction, CellKey key, CellState state, bool recordEvent)
    {
        (string, object?)[] values =
        [
            ("@grid", key.Grid), ("@name", key.Name), ("@status", (int)state.Status), ("@owner", state.Owner), ("@epoch", state.Epoch),
            ("@reason", state.Reason), ("@changed", state.Changed.ToUnixTimeMilliseconds()),
            ("@lease_until", state.LeaseUntil.ToUnixTimeMilliseconds()), ("@failures", state.Failures), ("@step", state.Step),
            ("@began_at", state.StepAtClaim), ("@started", state.Started.ToUnixTimeMilliseconds()),
        ];

        // Both statements in one command, because a round trip to the server is what costs time.
        var insertEvent = recordEvent
            ? "; insert into events (grid, name, at, status, owner, epoch, reason) " +
                "values (@grid, @name, @changed, @status, @owner, @epoch, @reason)"
            : "";
        transaction.Execute(
            $"""
            update cells set status = @status, owner = @owner, epoch = @epoch, lease_until = @lease_until, failures = @failures,
            step = @step, began_at = @began_at, started = @started, changed = @changed, reason = @reason where grid = @grid and name = @name
            {insertEvent}
            """,
            values);
    }
}

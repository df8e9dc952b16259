using System.Data.Common;
using System.Globalization;
using PlaNet.Cluster.Stores;
using PlaNet.Runs.Exchange;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Cluster.Collection;

/// <summary>
/// An exchange in the database of a store: each change reads one row under a lock, asks <see cref="RequestState"/> what it becomes, and
/// writes it in the same transaction.
/// </summary>
public sealed class EpisodeExchange : IEpisodeExchange
{
    /// <summary>Form of the tables' content. A collector serves runs of its own form only.</summary>
    private const int Form = 1;

    private const string StateColumns = "owner, epoch, lease_until, failures, delivered, reason";
    private const long ForgetAfterMilliseconds = 7 * 24 * 3600 * 1000L;

    private readonly Database _database;

    private EpisodeExchange(Database database)
    {
        _database = database;
    }

    /// <inheritdoc/>
    public string Address => _database.Address;

    private string[] Schema =>
    [
        """
        create table if not exists collection_runs (
            run text primary key, form integer not null, name text not null, experiment text not null, compute text not null,
            lease_until bigint not null)
        """,
        $"""
        create table if not exists collection_weights (
            run text primary key, version bigint not null, content {_database.Bytes} not null)
        """,
        $"""
        create table if not exists collection_requests (
            id {_database.CountedKey}, run text not null, number integer not null, step integer not null, kind integer not null,
            seed text not null, task integer not null, noise double precision not null, version bigint, owner text not null,
            epoch bigint not null, lease_until bigint not null, failures integer not null, delivered integer not null, reason text not null,
            name text, content {_database.Bytes})
        """,
        "create index if not exists collection_requests_by_run on collection_requests (run, number)",
    ];

    /// <summary>The exchange in a database, whose tables are made where they are not there yet.</summary>
    /// <param name="database">The database; the exchange owns it, and it is closed when this throws.</param>
    /// <exception cref="ExchangeException">The database cannot be reached or used.</exception>
    public static EpisodeExchange Open(Database database)
    {
        ArgumentNullException.ThrowIfNull(database);
        var exchange = new EpisodeExchange(database);
        try
        {
            Guard(() =>
            {
                database.CreateTables(exchange.Schema);
                return true;
            });
            return exchange;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public string Offer(RunOffer offer)
    {
        ArgumentNullException.ThrowIfNull(offer);
        var run = Guid.NewGuid().ToString("N");
        return Transact(transaction =>
        {
            foreach (var table in new[] { "collection_requests", "collection_weights", "collection_runs" })
            {
                transaction.Execute(
                    $"delete from {table} where run in (select run from collection_runs where lease_until < {_database.Now} - @forget)",
                    ("@forget", ForgetAfterMilliseconds));
            }

            transaction.Execute(
                $"""
                insert into collection_runs (run, form, name, experiment, compute, lease_until)
                values (@run, @form, @name, @experiment, @compute, {_database.Now})
                """,
                ("@run", run),
                ("@form", Form),
                ("@name", offer.Name),
                ("@experiment", offer.Experiment),
                ("@compute", offer.Compute));
            return run;
        });
    }

    /// <inheritdoc/>
    public bool Request(string run, Weights? weights, IReadOnlyList<EpisodeRequest> requests, TimeSpan lease)
    {
        ArgumentNullException.ThrowIfNull(requests);
        return Transact(transaction =>
        {
            if (!Extend(transaction, run, lease))
            {
                return false;
            }

            transaction.Execute("delete from collection_requests where run = @run", ("@run", run));
            if (weights is not null)
            {
                Put(transaction, run, weights);
            }

            foreach (var request in requests)
            {
                transaction.Execute(
                    $"""
                    insert into collection_requests (run, number, step, kind, seed, task, noise, version, {StateColumns})
                    values (@run, @number, @step, @kind, @seed, @task, @noise, {(request.WeightsVersion is null ? "null" : "@version")}, '', 0, 0, 0, 0, '')
                    """,
                    ("@run", run),
                    ("@number", request.Number),
                    ("@step", (int)request.Step),
                    ("@kind", (int)request.Kind),
                    ("@seed", request.Seed.ToString(CultureInfo.InvariantCulture)),
                    ("@task", request.Task),
                    ("@noise", request.Noise),
                    ("@version", request.WeightsVersion));
            }

            return true;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<RequestState>? Look(string run, TimeSpan lease)
    {
        return Transact<IReadOnlyList<RequestState>?>(transaction =>
        {
            if (!Extend(transaction, run, lease))
            {
                return null;
            }

            using var select = transaction.Command(
                $"select {StateColumns} from collection_requests where run = @run order by number", ("@run", run));
            using var reader = select.ExecuteReader();
            var states = new List<RequestState>();
            while (reader.Read())
            {
                states.Add(State(reader));
            }

            return states;
        });
    }

    /// <inheritdoc/>
    public DeliveredEpisode? Take(string run, int number)
    {
        return Transact(transaction =>
        {
            using var select = transaction.Command(
                "select name, owner, content from collection_requests where run = @run and number = @number and delivered = 1",
                ("@run", run),
                ("@number", number));
            using var reader = select.ExecuteReader();
            return reader.Read() ? new DeliveredEpisode(reader.GetString(0), reader.GetString(1), (byte[])reader.GetValue(2)) : null;
        });
    }

    /// <inheritdoc/>
    public void Refuse(string run, int number, string reason)
    {
        Transact(transaction => Change(
            transaction,
            "run = @run and number = @number",
            (state, _) => state.Refuse(reason),
            [("@run", run), ("@number", number)],
            "name = null, content = null,"));
    }

    /// <inheritdoc/>
    public void Close(string run)
    {
        Transact(transaction =>
        {
            foreach (var table in new[] { "collection_requests", "collection_weights", "collection_runs" })
            {
                transaction.Execute($"delete from {table} where run = @run", ("@run", run));
            }

            return true;
        });
    }

    /// <inheritdoc/>
    public EpisodeClaim? Claim(string owner, TimeSpan lease, string? compute = null, string? name = null)
    {
        return Transact(transaction =>
        {
            long id;
            RequestState claimed;
            EpisodeClaim claim;
            using (var select = transaction.Command(
                $"""
                select {StateColumns}, id, run, number, step, kind, seed, task, noise, version, {_database.Now} from collection_requests
                where delivered = 0 and failures < {RequestState.Budget} and (owner = '' or lease_until <= {_database.Now})
                and run in (
                    select run from collection_runs where form = {Form} and lease_until > {_database.Now}
                    {(compute is null ? "" : "and compute = @compute")} {(name is null ? "" : "and name = @name")})
                order by failures, id limit 1 {_database.LockFirstFree}
                """,
                ("@compute", compute),
                ("@name", name)))
            using (var reader = select.ExecuteReader())
            {
                // The row was free when it was locked, by a clock that has only gone on since.
                if (!reader.Read() || State(reader).Claim(owner, Time(reader.GetInt64(15)), lease) is not { } granted)
                {
                    return null;
                }

                (id, claimed) = (reader.GetInt64(6), granted);
                claim = new EpisodeClaim(id, reader.GetString(7), owner, granted.Epoch, new EpisodeRequest(
                    reader.GetInt32(8),
                    (RunStep)reader.GetInt32(9),
                    (ActingKind)reader.GetInt32(10),
                    ulong.Parse(reader.GetString(11), CultureInfo.InvariantCulture),
                    reader.GetInt32(12),
                    reader.GetDouble(13),
                    reader.IsDBNull(14) ? null : reader.GetInt64(14)));
            }

            Write(transaction, "id = @id", claimed, [("@id", id)]);
            return claim;
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<EpisodeInPlay> InPlay()
    {
        return Transact<IReadOnlyList<EpisodeInPlay>>(transaction =>
        {
            using var select = transaction.Command(
                $"""
                select runs.name, requests.owner, requests.seed, requests.version
                from collection_requests requests join collection_runs runs on runs.run = requests.run
                where requests.owner <> '' and requests.delivered = 0 and requests.lease_until > {_database.Now} order by requests.id
                """);
            using var reader = select.ExecuteReader();
            var episodes = new List<EpisodeInPlay>();
            while (reader.Read())
            {
                episodes.Add(new EpisodeInPlay(
                    reader.GetString(0),
                    reader.GetString(1),
                    ulong.Parse(reader.GetString(2), CultureInfo.InvariantCulture),
                    reader.IsDBNull(3) ? null : reader.GetInt64(3)));
            }

            return episodes;
        });
    }

    /// <inheritdoc/>
    public RunOffer? Find(string run)
    {
        return Transact(transaction =>
        {
            using var select = transaction.Command("select name, experiment, compute from collection_runs where run = @run", ("@run", run));
            using var reader = select.ExecuteReader();
            return reader.Read() ? new RunOffer(reader.GetString(0), reader.GetString(1), reader.GetString(2)) : null;
        });
    }

    /// <inheritdoc/>
    public Weights? FindWeights(string run, long version)
    {
        return Transact(transaction =>
        {
            using var select = transaction.Command(
                "select content from collection_weights where run = @run and version = @version", ("@run", run), ("@version", version));
            return select.ExecuteScalar() is byte[] content ? new Weights(version, content) : null;
        });
    }

    /// <inheritdoc/>
    public bool Renew(EpisodeClaim claim, TimeSpan lease) => Change(claim, (state, now) => state.Renew(claim, now, lease));

    /// <inheritdoc/>
    public bool Deliver(EpisodeClaim claim, string name, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return Transact(transaction => Change(
            transaction,
            "id = @id",
            (state, _) => state.Deliver(claim),
            [("@id", claim.Id), ("@name", name), ("@content", content)],
            "name = @name, content = @content,"));
    }

    /// <inheritdoc/>
    public bool Fail(EpisodeClaim claim, string reason) => Change(claim, (state, _) => state.Fail(claim, reason));

    /// <inheritdoc/>
    public bool Release(EpisodeClaim claim) => Change(claim, (state, _) => state.Release(claim));

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static RequestState State(DbDataReader reader) => new(
        reader.GetString(0),
        reader.GetInt64(1),
        Time(reader.GetInt64(2)),
        reader.GetInt32(3),
        reader.GetInt32(4) != 0,
        reader.GetString(5));

    private static void Put(Transaction transaction, string run, Weights weights)
    {
        // The weights of a version never change, and they are the largest thing that is sent.
        using var select = transaction.Command(
            "select version from collection_weights where run = @run", ("@run", run));
        if (select.ExecuteScalar() is { } version && Convert.ToInt64(version, CultureInfo.InvariantCulture) == weights.Version)
        {
            return;
        }

        transaction.Execute("delete from collection_weights where run = @run", ("@run", run));
        transaction.Execute(
            "insert into collection_weights (run, version, content) values (@run, @version, @content)",
            ("@run", run),
            ("@version", weights.Version),
            ("@content", weights.Content.ToArray()));
    }

    private static void Write(
        Transaction transaction, string which, RequestState state, IReadOnlyList<(string Name, object? Value)> values, string alsoSet = "")
    {
        transaction.Execute(
            $"""
            update collection_requests set {alsoSet} owner = @owner, epoch = @epoch, lease_until = @lease_until, failures = @failures,
            delivered = @delivered, reason = @reason where {which}
            """,
            [
                .. values,
                ("@owner", state.Owner),
                ("@epoch", state.Epoch),
                ("@lease_until", state.LeaseUntil.ToUnixTimeMilliseconds()),
                ("@failures", state.Failures),
                ("@delivered", state.Delivered ? 1 : 0),
                ("@reason", state.Reason),
            ]);
    }

    private bool Extend(Transaction transaction, string run, TimeSpan lease)
    {
        return transaction.Execute(
            $"update collection_runs set lease_until = {_database.Now} + @lease where run = @run",
            ("@lease", (long)lease.TotalMilliseconds),
            ("@run", run)) > 0;
    }

    private bool Change(EpisodeClaim claim, Func<RequestState, DateTimeOffset, RequestState?> change)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return Transact(transaction => Change(transaction, "id = @id", change, [("@id", claim.Id)]));
    }

    private bool Change(
        Transaction transaction,
        string which,
        Func<RequestState, DateTimeOffset, RequestState?> change,
        IReadOnlyList<(string Name, object? Value)> values,
        string alsoSet = "")
    {
        RequestState before;
        RequestState? after;
        using (var select = transaction.Command(
            $"select {StateColumns}, {_database.Now} from collection_requests where {which} {_database.LockRow}", [.. values]))
        using (var reader = select.ExecuteReader())
        {
            if (!reader.Read())
            {
                return false;
            }

            before = State(reader);
            after = change(before, Time(reader.GetInt64(6)));
        }

        if (after is not null && after != before)
        {
            Write(transaction, which, after, values, alsoSet);
        }

        return after is not null;
    }

    private T Transact<T>(Func<Transaction, T> work) => Guard(() => _database.Transact(work));

    private static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (GridStoreException exception)
        {
            throw new ExchangeException(exception.Message, exception) { IsPassing = exception.IsPassing };
        }
    }
}

using System.Collections.Immutable;
using Akka.Actor;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;
using PlaNet.Cluster.Wire;
using PlaNet.Runs.Actors;

namespace PlaNet.Cluster.Grids;

/// <summary>
/// The only actor that uses the store. Workers report to it. It renews and grants leases and records ends of runs. The store checks the
/// epoch of each change in a transaction, so two coordinators that coexist for a while, for example after a freeze, cannot give one cell to
/// two workers.
/// </summary>
public static class GridCoordinator
{
    private const string StoreThread = "store";
    private const string ProgressTimer = "progress";

    // A character takes up to three bytes, and the numbers in a page's rows take about 100,000 bytes of a frame's million.
    private const int MaxPageCharacters = 250_000;

    private static readonly TimeSpan s_openRetryInterval = TimeSpan.FromSeconds(1);

    // Computing the progress of a grid of 10,000 cells takes as long as five claims.
    private static readonly TimeSpan s_progressLifetime = TimeSpan.FromSeconds(1);

    /// <summary>Creates the coordinator role.</summary>
    /// <param name="open">Opens the store. Called on the store's thread, again after each restart of the role.</param>
    /// <param name="lease">Duration of a lease.</param>
    public static Behavior Create(Func<IGridStore> open, TimeSpan lease)
    {
        ArgumentNullException.ThrowIfNull(open);
        return Behavior.Of(
            _ => Next.With(State.Start, Open(open)),
            (state, message, context) => message is OpenStore
                ? Next.With(state, Open(open))
                : Receive(state, message, context.Sender, lease),
            state => state.Store is not { } store
                ? []
                : [new Run(StoreThread, _ =>
                {
                    store.Dispose();
                    return null;
                })]);
    }

    private static Next<State> Receive(State state, object message, IActorRef sender, TimeSpan lease) => message switch
    {
        StoreNotOpened failed => new Next<State>(
            state with { Unavailable = failed.Reason },
            [
                .. state.Workers.Values.Select(worker => new Tell(worker, new StoreUnavailable(failed.Reason))),
                new After(StoreThread, s_openRetryInterval, new OpenStore()),
            ]),
        StoreOpened opened => Announce(state with { Store = opened.Store }, new WorkAvailable()),
        WorkerReport report when state.Store is not null => Answer(
            state with
            {
                Workers = state.Workers.SetItem(report.Owner, sender),
                PendingReports = state.PendingReports.Add((report, sender)),
            },
            lease),
        Answered answered => Answer(
            state with { IsAnswering = false, ProgressCache = state.ProgressCache.SetItems(answered.Computed) },
            lease,
            [
                .. answered.Replies.Select(reply => new Tell(reply.To, reply.Message)),
                .. answered.Computed.IsEmpty || !state.ProgressCache.IsEmpty
                    ? []
                    : (Effect[])[new After(ProgressTimer, s_progressLifetime, new ProgressExpired())],
            ]),
        ProgressExpired => Next.With(state with { ProgressCache = State.Start.ProgressCache }),

        // Before the store is open, the worker is only remembered: it receives WorkAvailable once the store has opened.
        WorkerReport report => Next.With(
            state with { Workers = state.Workers.SetItem(report.Owner, sender) },
            state.Unavailable is { } reason ? [new Tell(sender, new StoreUnavailable(reason))] : []),
        CellEnded ended when state.Store is { } store => Next.With(state, Do(() => Record(store, ended), sender)),
        AddCells request when state.Store is { } store =>
            Next.With(state, Do(() => new CellsAdded(store.Add(request.Grid, request.Cells)), sender)),
        ListCells request when state.Store is { } store => Next.With(state, Do(() => Page(store, request), sender)),
        ChangeCell request when state.Store is { } store =>
            Next.With(state, Do(() => new CellChanged(request.Change, store.Change(request.Key, request.Change)), sender)),
        AskHistory request when state.Store is { } store =>
            Next.With(state, Do(() => new CellHistory([.. store.History(request.Key).TakeLast(CellHistory.MaxEvents)]), sender)),
        AddCells or ListCells or ChangeCell or AskHistory when state.Unavailable is { } reason =>
            Next.With(state, new Tell(sender, new StoreUnavailable(reason))),
        Reply reply when ChangesAvailableWork(reply.Message) => Announce(state, new WorkAvailable(), new Tell(reply.To, reply.Message)),
        Reply { Message: CellChanged { IsDone: true } } reply => Announce(state, new LeasesChanged(), new Tell(reply.To, reply.Message)),
        Reply reply => Next.With(state, new Tell(reply.To, reply.Message)),
        _ => Next.With(state),
    };

    // A cell may be queued again, or the last one may be done. Workers with free slots must learn of both.
    private static bool ChangesAvailableWork(IWireMessage message) => message is CellEndRecorded { Status: not null }
        or CellsAdded { Added: > 0 }
        or CellChanged { IsDone: true, Change: CellChange.Requeue };

    private static Run Open(Func<IGridStore> open) => new(StoreThread, _ => new StoreOpened(ReleaseDeadOwners(open())))
    {
        Failed = failure => failure is GridStoreException ? new StoreNotOpened(failure.Message) : null,
    };

    // Cells have changed, so cached progress is outdated. Live workers report again after the announcement; departed ones are forgotten.
    private static Next<State> Announce(State state, IWireMessage announcement, params Effect[] before) => new(
        state with { Workers = State.Start.Workers, ProgressCache = State.Start.ProgressCache },
        [.. before, .. state.Workers.Values.Select(worker => new Tell(worker, announcement))]);

    // A store failure may be transient, so it must not stop the role: the sender is told and retries.
    private static Run Do(Func<IWireMessage> work, IActorRef sender) => new(StoreThread, _ => new Reply(sender, work()))
    {
        Failed = failure => failure is GridStoreException ? new Reply(sender, new StoreUnavailable(failure.Message)) : null,
    };

    // Reports that arrive while others are being answered are batched: one transaction, and the progress of each grid at most once.
    private static Next<State> Answer(State state, TimeSpan lease, params Effect[] before)
    {
        if (state.IsAnswering || state.PendingReports.IsEmpty || state.Store is not { } store)
        {
            return new Next<State>(state, before);
        }

        var (pending, cached) = (state.PendingReports, state.ProgressCache);
        return new Next<State>(
            state with { IsAnswering = true, PendingReports = State.Start.PendingReports },
            [
                .. before,
                new Run(StoreThread, _ => store.InTransaction(inner => Answer(inner, pending, cached, lease)))
                {
                    Failed = failure => failure is GridStoreException
                        ? new Answered(
                            [.. pending.Select(entry => new Reply(entry.From, new StoreUnavailable(failure.Message)))],
                            State.Start.ProgressCache)
                        : null,
                },
            ]);
    }

    private static Answered Answer(
        IGridStore store,
        ImmutableList<(WorkerReport Report, IActorRef From)> pending,
        ImmutableDictionary<string, GridProgress> cached,
        TimeSpan lease)
    {
        var answers = pending.Select(entry => (entry.From, entry.Report, Orders: Answer(store, entry.Report, lease))).ToList();
        var computed = pending.Select(entry => entry.Report.Grid ?? "").Distinct(StringComparer.Ordinal)
            .Where(grid => !cached.ContainsKey(grid))
            .ToImmutableDictionary(grid => grid, grid => store.Progress(grid.Length > 0 ? grid : null));
        var progress = cached.SetItems(computed);
        return new Answered(
            [.. answers.Select(answer => new Reply(
                answer.From,
                new WorkerOrders(answer.Report.Number, answer.Orders.Lost, answer.Orders.Granted, progress[answer.Report.Grid ?? ""])))],
            computed);
    }

    private static (HeldCell[] Lost, List<CellLease> Granted) Answer(IGridStore store, WorkerReport report, TimeSpan lease)
    {
        // A renewal uses only the key, the owner and the epoch of a lease.
        var unused = new NewCell("", "", 0, 0);
        HeldCell[] lost =
        [
            .. report.Held.Where(held => !store.Heartbeat(new CellLease(held.Key, report.Owner, held.Epoch, unused), held.Step, lease)),
        ];
        var granted = new List<CellLease>();
        while (granted.Count < report.Free && store.Claim(report.Owner, lease, report.Grid) is { } claimed)
        {
            granted.Add(claimed);
        }

        return (lost, granted);
    }

    private static CellEndRecorded Record(IGridStore store, CellEnded ended)
    {
        var held = new CellLease(ended.Key, ended.Owner, ended.Epoch, new NewCell("", "", 0, ended.Steps));
        CellStatus? status = ended.Outcome switch
        {
            CellOutcome.Completed => store.Complete(held) ? CellStatus.Done : null,
            CellOutcome.Failed => store.Fail(held, ended.Reason, ended.Budget),
            _ => store.Release(ended.Key, ended.Owner, ended.Epoch) ? CellStatus.Queued : null,
        };
        return new CellEndRecorded(ended.Number, status);
    }

    private static CellPage Page(IGridStore store, ListCells request)
    {
        var (rows, all) = store.Page(request.Grid, request.First, request.Count);
        var (fitting, characters) = (0, 0);
        while (fitting < rows.Count && (fitting == 0 || characters + CharactersOf(rows[fitting]) <= MaxPageCharacters))
        {
            characters += CharactersOf(rows[fitting++]);
        }

        return new CellPage([.. rows.Take(fitting)], all);
    }

    private static int CharactersOf(CellRow row) =>
        row.Key.Grid.Length + row.Key.Name.Length + row.State.Owner.Length + row.State.Reason.Length;

    // Nothing can still run for a dead process of this machine, so its cells need not wait until the leases expire.
    private static IGridStore ReleaseDeadOwners(IGridStore store)
    {
        var held = store.List().Where(cell => cell.State.Status == CellStatus.Running && NodeIdentity.IsDead(cell.State.Owner));
        foreach (var (key, _, state, _) in held)
        {
            store.Release(key, state.Owner, state.Epoch);
        }

        return store;
    }

    /// <summary>The state of the coordinator.</summary>
    /// <param name="Store">The store; null before it is open. Used only on its own thread.</param>
    /// <param name="Workers">Workers by name that have reported since the last announcement.</param>
    /// <param name="Unavailable">Why the last attempt to open the store failed; null if none has failed.</param>
    private sealed record State(IGridStore? Store, ImmutableDictionary<string, IActorRef> Workers, string? Unavailable = null)
    {
        /// <summary>Reports of the next batch in order of arrival, with their senders.</summary>
        public ImmutableList<(WorkerReport Report, IActorRef From)> PendingReports { get; init; } = [];

        /// <summary>
        /// Progress by grid, kept for one second or until a cell ends or changes. The empty name means all grids together.
        /// </summary>
        public ImmutableDictionary<string, GridProgress> ProgressCache { get; init; } = ImmutableDictionary<string, GridProgress>.Empty;

        /// <summary>Whether a batch of reports is being answered on the store's thread.</summary>
        public bool IsAnswering { get; init; }

        public static State Start { get; } = new(null, ImmutableDictionary<string, IActorRef>.Empty);
    }

    private sealed record OpenStore;

    private sealed record StoreOpened(IGridStore Store);

    private sealed record StoreNotOpened(string Reason);

    private sealed record Reply(IActorRef To, IWireMessage Message);

    private sealed record ProgressExpired;

    /// <summary>A batch of reports was answered.</summary>
    /// <param name="Replies">The replies to send.</param>
    /// <param name="Computed">Progress by grid that was computed for these replies.</param>
    private sealed record Answered(IReadOnlyList<Reply> Replies, ImmutableDictionary<string, GridProgress> Computed);
}

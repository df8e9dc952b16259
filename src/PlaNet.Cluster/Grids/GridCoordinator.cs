using System.Collections.Immutable;
using Akka.Actor;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;
using PlaNet.Cluster.Wire;
using PlaNet.Runs.Actors;

namespace PlaNet.Cluster.Grids;

/// <summary>
/// The one actor that speaks to the ledger. Workers report to it, and it renews, grants and records under epochs that the ledger checks in
/// its own transactions: two coordinators that live side by side for a while, as after a freeze, cannot give a cell to two workers.
/// </summary>
public static class GridCoordinator
{
    private const string Ledger = "ledger";
    private const string Standing = "standing";

    // A letter takes up to three bytes, and the numbers of a page's rows some 100,000 of the million that a frame holds.
    private const int LettersOfAFrame = 250_000;

    // Between two attempts to open it.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    // Adding up a grid of 10,000 cells takes as long as five claims.
    private static readonly TimeSpan s_standingLasts = TimeSpan.FromSeconds(1);

    /// <summary>The role.</summary>
    /// <param name="open">Opens the ledger. Called on the thread of the ledger, by every incarnation.</param>
    /// <param name="lease">How long a lease lasts unless it is renewed.</param>
    public static Behavior Create(Func<IGridStore> open, TimeSpan lease)
    {
        ArgumentNullException.ThrowIfNull(open);
        return Behavior.Of(
            _ => Next.With(State.Start, Open(open)),
            (state, message, context) => message is OpenLedger ? Next.With(state, Open(open)) : Receive(state, message, context.Sender, lease),
            state => state.Store is not { } store
                ? []
                : [new Run(Ledger, _ =>
                {
                    store.Dispose();
                    return null;
                })]);
    }

    private static Next<State> Receive(State state, object message, IActorRef sender, TimeSpan lease) => message switch
    {
        LedgerClosed closed => new Next<State>(
            state with { Unavailable = closed.Reason },
            [
                .. state.Workers.Values.Select(worker => new Tell(worker, new LedgerUnavailable(closed.Reason))),
                new After(Ledger, s_pause, new OpenLedger()),
            ]),
        Opened opened => Announce(state with { Store = opened.Store }, new WorkAvailable()),
        WorkerReport report when state.Store is not null => Answer(
            state with { Workers = state.Workers.SetItem(report.Owner, sender), Waiting = state.Waiting.Add((report, sender)) }, lease),
        Answered answered => Answer(
            state with { IsAnswering = false, Standings = state.Standings.SetItems(answered.Added) },
            lease,
            [
                .. answered.Replies.Select(reply => new Tell(reply.To, reply.Message)),
                .. answered.Added.IsEmpty || !state.Standings.IsEmpty ? [] : (Effect[])[new After(Standing, s_standingLasts, new StandingIsOld())],
            ]),
        StandingIsOld => Next.With(state with { Standings = State.Start.Standings }),

        // It is told once the ledger is open.
        WorkerReport report => Next.With(
            state with { Workers = state.Workers.SetItem(report.Owner, sender) },
            state.Unavailable is { } reason ? [new Tell(sender, new LedgerUnavailable(reason))] : []),
        CellEnded ended when state.Store is { } store => Next.With(state, Do(() => Record(store, ended), sender)),
        AddCells added when state.Store is { } store => Next.With(state, Do(() => new CellsAdded(store.Add(added.Grid, added.Cells)), sender)),
        ListCells asked when state.Store is { } store => Next.With(state, Do(() => Page(store, asked), sender)),
        ChangeCell asked when state.Store is { } store =>
            Next.With(state, Do(() => new CellChanged(asked.Change, store.Change(asked.Key, asked.Change)), sender)),
        AskHistory asked when state.Store is { } store =>
            Next.With(state, Do(() => new CellHistory([.. store.History(asked.Key).TakeLast(CellHistory.Most)]), sender)),
        AddCells or ListCells or ChangeCell or AskHistory when state.Unavailable is { } reason =>
            Next.With(state, new Tell(sender, new LedgerUnavailable(reason))),

        // A cell may be back, or the last one done: either is news to whoever has room.
        Reply { Message: CellEndRecorded { Status: not null } or CellsAdded { Added: > 0 } or CellChanged { IsDone: true, Change: CellChange.Requeue } } reply =>
            Announce(state, new WorkAvailable(), new Tell(reply.To, reply.Message)),
        Reply { Message: CellChanged { IsDone: true } } reply => Announce(state, new LeasesChanged(), new Tell(reply.To, reply.Message)),
        Reply reply => Next.With(state, new Tell(reply.To, reply.Message)),
        _ => Next.With(state),
    };

    private static Run Open(Func<IGridStore> open) => new(Ledger, _ => new Opened(Take(open())))
    {
        Failed = failure => failure is GridStoreException ? new LedgerClosed(failure.Message) : null,
    };

    // Cells have changed, so what was added up is old. Workers that are told report again and are then known again: none that has left is kept.
    private static Next<State> Announce(State state, IWireMessage news, params Effect[] before) => new(
        state with { Workers = State.Start.Workers, Standings = State.Start.Standings },
        [.. before, .. state.Workers.Values.Select(worker => new Tell(worker, news))]);

    // A ledger that cannot be used passes: whoever asked is told, and asks again.
    private static Run Do(Func<IWireMessage> work, IActorRef sender) => new(Ledger, _ => new Reply(sender, work()))
    {
        Failed = failure => failure is GridStoreException ? new Reply(sender, new LedgerUnavailable(failure.Message)) : null,
    };

    // Reports that arrive while others are being answered are answered together: one wait for the disk, and at most one sum over each grid.
    private static Next<State> Answer(State state, TimeSpan lease, params Effect[] before)
    {
        if (state.IsAnswering || state.Waiting.IsEmpty || state.Store is not { } store)
        {
            return new Next<State>(state, before);
        }

        var (waiting, known) = (state.Waiting, state.Standings);
        return new Next<State>(
            state with { IsAnswering = true, Waiting = State.Start.Waiting },
            [
                .. before,
                new Run(Ledger, _ => store.Together(all => Answer(all, waiting, known, lease)))
                {
                    Failed = failure => failure is GridStoreException
                        ? new Answered([.. waiting.Select(one => new Reply(one.From, new LedgerUnavailable(failure.Message)))], State.Start.Standings)
                        : null,
                },
            ]);
    }

    private static Answered Answer(
        IGridStore store,
        ImmutableList<(WorkerReport Report, IActorRef From)> waiting,
        ImmutableDictionary<string, GridProgress> known,
        TimeSpan lease)
    {
        var answers = waiting.Select(one => (one.From, one.Report, Orders: Answer(store, one.Report, lease))).ToList();
        var added = waiting.Select(one => one.Report.Grid ?? "").Distinct(StringComparer.Ordinal).Where(grid => !known.ContainsKey(grid))
            .ToImmutableDictionary(grid => grid, grid => store.Progress(grid.Length > 0 ? grid : null));
        var standings = known.SetItems(added);
        return new Answered(
            [.. answers.Select(one => new Reply(
                one.From, new WorkerOrders(one.Report.Number, one.Orders.Lost, one.Orders.Granted, standings[one.Report.Grid ?? ""])))],
            added);
    }

    private static (HeldCell[] Lost, List<CellLease> Granted) Answer(IGridStore store, WorkerReport report, TimeSpan lease)
    {
        // Renewals need the key, the owner and the epoch of a lease, and nothing of what is run.
        var nothing = new NewCell("", "", 0, 0);
        HeldCell[] lost =
        [
            .. report.Held.Where(held => !store.Heartbeat(new CellLease(held.Key, report.Owner, held.Epoch, nothing), held.Step, lease)),
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

    private static CellPage Page(IGridStore store, ListCells asked)
    {
        var (rows, all) = store.Page(asked.Grid, asked.First, asked.Count);
        var (fitting, letters) = (0, 0);
        while (fitting < rows.Count && (fitting == 0 || letters + LettersOf(rows[fitting]) <= LettersOfAFrame))
        {
            letters += LettersOf(rows[fitting++]);
        }

        return new CellPage([.. rows.Take(fitting)], all);
    }

    private static int LettersOf(CellRow row) => row.Key.Grid.Length + row.Key.Name.Length + row.State.Owner.Length + row.State.Reason.Length;

    // A process of this machine that was killed cannot give its cells back: waiting for its leases to end would only take time.
    private static IGridStore Take(IGridStore store)
    {
        foreach (var (key, _, state, _) in store.List().Where(cell => cell.State.Status == CellStatus.Running && NodeIdentity.IsDead(cell.State.Owner)))
        {
            store.Release(key, state.Owner, state.Epoch);
        }

        return store;
    }

    /// <summary>What the coordinator knows.</summary>
    /// <param name="Store">The ledger; null before it is open. Only its thread uses it.</param>
    /// <param name="Workers">Who has reported under each name since all were told.</param>
    /// <param name="Unavailable">Why the ledger could not be opened; null while that is not known.</param>
    private sealed record State(IGridStore? Store, ImmutableDictionary<string, IActorRef> Workers, string? Unavailable = null)
    {
        /// <summary>Reports that came since the last ones were taken to the ledger, in order, and who sent them.</summary>
        public ImmutableList<(WorkerReport Report, IActorRef From)> Waiting { get; init; } = [];

        /// <summary>How far grids have come, as added up within the last second and since a cell has ended or changed; an empty name is all grids.</summary>
        public ImmutableDictionary<string, GridProgress> Standings { get; init; } = ImmutableDictionary<string, GridProgress>.Empty;

        /// <summary>Whether reports are being answered on the thread of the ledger.</summary>
        public bool IsAnswering { get; init; }

        public static State Start { get; } = new(null, ImmutableDictionary<string, IActorRef>.Empty);
    }

    private sealed record OpenLedger;

    private sealed record Opened(IGridStore Store);

    private sealed record LedgerClosed(string Reason);

    private sealed record Reply(IActorRef To, IWireMessage Message);

    private sealed record StandingIsOld;

    /// <summary>Reports were answered.</summary>
    /// <param name="Replies">The answers.</param>
    /// <param name="Added">How far grids have come that were added up for these answers.</param>
    private sealed record Answered(IReadOnlyList<Reply> Replies, ImmutableDictionary<string, GridProgress> Added);
}

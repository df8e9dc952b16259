using System.Collections.Immutable;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>A cell that a worker holds, and its run.</summary>
/// <param name="Lease">The cell.</param>
/// <param name="Step">Steps of its schedule that are done.</param>
/// <param name="IsRunning">Whether its process was started.</param>
/// <param name="IsStarting">Whether its process is being started.</param>
/// <param name="IsLost">Whether the lease is lost: how the run ends is reported to nobody.</param>
/// <param name="WasStopped">Whether its process was asked to end.</param>
/// <param name="WasKilled">Whether it took too long to save itself.</param>
internal sealed record WorkerSlot(
    CellLease Lease, long Step = 0, bool IsRunning = false, bool IsStarting = false, bool IsLost = false, bool WasStopped = false, bool WasKilled = false);

/// <summary>
/// What a worker knows. Transitions are named after what happened and return the next state; what is to be done collects in
/// <see cref="Outbox"/>.
/// </summary>
/// <param name="Options">How the node works.</param>
/// <param name="Slots">Places for runs, by number; null where one is free.</param>
internal sealed record WorkerState(NodeOptions Options, ImmutableArray<WorkerSlot?> Slots)
{
    // Exit codes of the planet command.
    private const int Success = 0;
    private const int UnusableInput = 2;
    private const int Interrupted = 130;

    /// <summary>Number of the newest report; orders that answer an earlier one renew nothing.</summary>
    public long Reports { get; init; }

    /// <summary>Number of the newest end of a run.</summary>
    public long Ends { get; init; }

    /// <summary>Whether no answer to a report is due.</summary>
    public bool IsAnswered { get; init; } = true;

    /// <summary>Whether places became free that the unanswered report did not ask cells for.</summary>
    public bool HasMoreToAsk { get; init; }

    /// <summary>Whether <see cref="CoordinatorSilent"/> was emitted and not yet <see cref="CoordinatorBack"/>.</summary>
    public bool IsSilent { get; init; }

    /// <summary>Ends of runs that the coordinator has not recorded yet, by number, with what is emitted once it has.</summary>
    public ImmutableSortedDictionary<long, (CellEnded Ended, CellLease Lease)> PendingEnds { get; init; } =
        ImmutableSortedDictionary<long, (CellEnded Ended, CellLease Lease)>.Empty;

    /// <summary>How the cells of the grid stood last; null before that is known.</summary>
    public GridProgress? Standing { get; init; }

    /// <summary>Whether the worker is to stop.</summary>
    public bool IsStopping { get; init; }

    /// <summary>What is to be done.</summary>
    public ImmutableList<WorkerCommand> Outbox { get; init; } = [];

    /// <summary>
    /// True once all is done, false once the worker has stopped; null before. Where there are no cells yet, they are about to be added.
    /// </summary>
    public bool? Completed => Slots.Any(slot => slot is not null) ? null
        : IsStopping ? PendingEnds.IsEmpty || IsSilent ? false : null
        : Options.UntilDone && PendingEnds.IsEmpty && IsAnswered && Standing is { } standing
            && standing.Cells > 0 && standing.Count(CellStatus.Queued) + standing.Count(CellStatus.Running) == 0 ? true : null;

    /// <summary>The worker as others are shown it.</summary>
    public WorkerStanding Shown => new(Options.Owner, Slots.Length, [.. Held.Where(slot => !slot.IsLost).Select(slot => slot.Lease.Key)]);

    private IEnumerable<WorkerSlot> Held => Slots.OfType<WorkerSlot>();

    private int Free => IsStopping ? 0 : Slots.Count(slot => slot is null);

    /// <summary>The steps of the runs were read: a report is sent, and what was not answered is sent again.</summary>
    public WorkerState StepsWereRead(StepsRead read)
    {
        var state = this with
        {
            Slots = [.. Slots.Select(slot => slot is not null && read.Steps.TryGetValue(slot.Lease.Key, out var step) ? slot with { Step = step } : slot)],
        };
        state = state.PendingEnds.Values.Aggregate(state, (next, pending) => next.Do(new SendToCoordinator(pending.Ended)));

        // A run whose directory was held by another process is tried again.
        state = state.Held.Where(slot => slot is { IsRunning: false, IsStarting: false, WasStopped: false })
            .Aggregate(state, (next, slot) => next.Start(slot));
        return state.Report();
    }

    /// <summary>There may be cells to run, or none may be left: a worker without places waits for that.</summary>
    public WorkerState WorkBecameAvailable() => Slots.IsEmpty && IsAnswered ? Report() : AskForCells();

    /// <summary>Leases may have been taken away: the answer to a report says which.</summary>
    public WorkerState LeasesMayBeLost() => Report();

    /// <summary>The coordinator has answered a report.</summary>
    public WorkerState OrdersCame(WorkerOrders orders)
    {
        var state = this;
        if (orders.Number == Reports)
        {
            state = (state.WasHeard() with { IsAnswered = true, Standing = orders.Standing }).Do(new AwaitAnswer(false));
            state = orders.Lost.Aggregate(state, (next, lost) => next.LeaseWasLost(lost.Key, lost.Epoch));
            state = state.Do(new RenewChildren([.. state.Held.Where(slot => !slot.IsLost).Select(slot => slot.Lease)])).Emit(new Standing(orders.Standing));
        }

        // A grant is good under whichever number it comes: it holds until its lease ends.
        state = orders.Granted.Aggregate(state, (next, lease) => next.CellWasGranted(lease));
        return state is { HasMoreToAsk: true, IsAnswered: true } ? state.AskForCells() : state;
    }

    /// <summary>No report was answered for a while.</summary>
    public WorkerState AnswerWasMissed() => IsAnswered ? this : (this with { IsAnswered = true }).CoordinatorIsSilent("no answer to reports");

    /// <summary>The coordinator cannot be reached, or cannot use its ledger.</summary>
    public WorkerState CoordinatorIsSilent(string reason) =>
        IsSilent ? this : (this with { IsSilent = true }).Emit(new CoordinatorSilent(reason));

    /// <summary>The end of a run is recorded.</summary>
    public WorkerState EndWasRecorded(CellEndRecorded recorded)
    {
        if (!PendingEnds.TryGetValue(recorded.Number, out var pending))
        {
            return this;
        }

        var (ended, lease) = pending;
        return (WasHeard() with { PendingEnds = PendingEnds.Remove(recorded.Number) }).Emit(
            recorded.Status is not { } status ? new LeaseLost(lease)
            : ended.Outcome switch
            {
                CellOutcome.Completed => new RunCompleted(lease),
                CellOutcome.Failed => new RunFailed(lease, ended.Reason, status),
                _ => new RunReleased(lease),
            });
    }

    /// <summary>The process of a run was started.</summary>
    public WorkerState ChildWasStarted(CellLease lease)
    {
        // One that ended at once is gone by now.
        if (SlotOf(lease) is null)
        {
            return this;
        }

        var state = Change(lease, slot => slot with { IsStarting = false, IsRunning = true });
        return state.SlotOf(lease) is { WasStopped: true } ? state.Do(new StopChildRun(lease)) : state.Emit(new RunBegun(lease));
    }

    /// <summary>Another process still holds the run's directory.</summary>
    public WorkerState ChildIsHeld(CellLease lease) => SlotOf(lease) switch
    {
        { WasStopped: true } => Leave(lease, CellOutcome.Released),
        _ => Change(lease, slot => slot with { IsStarting = false }).Emit(new RunHeld(lease)),
    };

    /// <summary>The process of a run could not be started.</summary>
    public WorkerState ChildCouldNotStart(CellLease lease, string reason) => Leave(lease, CellOutcome.Failed, reason, Options.Budget);

    /// <summary>The process of a run has ended.</summary>
    public WorkerState ChildHasEnded(ChildEnded ended)
    {
        var state = Do(new ForgetChildRun(ended.Lease));
        return ended.Code switch
        {
            Success => state.Leave(ended.Lease, CellOutcome.Completed),

            // One that took too long to save itself has not failed: it resumes from its checkpoint.
            Interrupted => state.Leave(ended.Lease, CellOutcome.Released),
            _ when SlotOf(ended.Lease) is { WasKilled: true } => state.Leave(ended.Lease, CellOutcome.Released),

            // What is wrong with the input is still wrong the next time.
            UnusableInput => state.Leave(ended.Lease, CellOutcome.Failed, ended.Reason, budget: 1),
            _ => state.Leave(ended.Lease, CellOutcome.Failed, ended.Reason, Options.Budget),
        };
    }

    /// <summary>A run had all the time it is given to save itself.</summary>
    public WorkerState PatienceWasOver(CellLease lease) =>
        SlotOf(lease) is null ? this : Change(lease, slot => slot with { WasKilled = true }).Do(new KillChildRun(lease));

    /// <summary>It was said that all is done: a worker that is about to leave takes no cells that are added meanwhile.</summary>
    public WorkerState EndWasSaid() => this with { IsStopping = true };

    /// <summary>The worker is to stop.</summary>
    public WorkerState WasToldToStop() => Held.Aggregate(this with { IsStopping = true }, (next, slot) => next.Stop(slot));

    private WorkerState LeaseWasLost(CellKey key, long epoch)
    {
        var slot = Held.FirstOrDefault(slot => slot.Lease.Key == key && slot.Lease.Epoch == epoch);
        return slot is null or { IsLost: true }
            ? this
            : Change(slot.Lease, held => held with { IsLost = true }).Emit(new LeaseLost(slot.Lease)).Stop(slot with { IsLost = true });
    }

    private WorkerState CellWasGranted(CellLease lease)
    {
        if (SlotOf(lease) is not null)
        {
            return this;
        }

        var free = Slots.IndexOf(null);
        if (IsStopping || free < 0)
        {
            return End(lease, CellOutcome.Released, "", 1);
        }

        var slot = new WorkerSlot(lease);
        return (this with { Slots = Slots.SetItem(free, slot) }).Start(slot);
    }

    private WorkerState Start(WorkerSlot slot) => Change(slot.Lease, held => held with { IsStarting = true })
        .Do(new StartChildRun(slot.Lease, Slots.IndexOf(Held.First(held => held.Lease == slot.Lease))));

    // Asks a run to stop, or gives up a cell whose run was not started.
    private WorkerState Stop(WorkerSlot slot) => slot switch
    {
        { WasStopped: true } => this,
        { IsRunning: false, IsStarting: false } => Leave(slot.Lease, CellOutcome.Released),
        { IsStarting: true } => Change(slot.Lease, held => held with { WasStopped = true }),
        _ => Change(slot.Lease, held => held with { WasStopped = true }).Do(new StopChildRun(slot.Lease)),
    };

    // The place is free again, and how the run ended is recorded unless somebody else has the cell by now.
    private WorkerState Leave(CellLease lease, CellOutcome outcome, string reason = "", int budget = 1)
    {
        if (SlotOf(lease) is not { } slot)
        {
            return this;
        }

        var state = this with { Slots = Slots.SetItem(Slots.IndexOf(slot), null) };
        state = slot.IsLost ? state : state.End(lease, outcome, reason, budget);
        return state.AskForCells();
    }

    private WorkerState AskForCells() => Free == 0 ? this : IsAnswered ? Report() : this with { HasMoreToAsk = true };

    private WorkerState End(CellLease lease, CellOutcome outcome, string reason, int budget)
    {
        var ended = new CellEnded(Ends + 1, lease.Owner, lease.Key, lease.Epoch, lease.Cell.Steps, outcome, reason, budget);
        return (this with { Ends = Ends + 1, PendingEnds = PendingEnds.Add(Ends + 1, (ended, lease)) }).Do(new SendToCoordinator(ended));
    }

    private WorkerState Report()
    {
        HeldCell[] held = [.. Held.Where(slot => !slot.IsLost).Select(slot => new HeldCell(slot.Lease.Key, slot.Lease.Epoch, slot.Step))];

        // While an answer is due, its cells may be on their way: to ask for them again would take cells that are then given back.
        var state = (this with { Reports = Reports + 1, IsAnswered = false, HasMoreToAsk = HasMoreToAsk && !IsAnswered })
            .Do(new SendToCoordinator(new WorkerReport(Reports + 1, Options.Owner, Options.Grid, IsAnswered ? Free : 0, held)));
        return IsAnswered ? state.Do(new AwaitAnswer(true)) : state;
    }

    private WorkerState WasHeard() => IsSilent ? (this with { IsSilent = false }).Emit(new CoordinatorBack()) : this;

    private WorkerSlot? SlotOf(CellLease lease) => Held.FirstOrDefault(slot => slot.Lease == lease);

    private WorkerState Change(CellLease lease, Func<WorkerSlot, WorkerSlot> change) =>
        this with { Slots = [.. Slots.Select(slot => slot?.Lease == lease ? change(slot) : slot)] };

    private WorkerState Emit(NodeEvent happened) => Do(new EmitEvent(happened));

    private WorkerState Do(WorkerCommand command) => this with { Outbox = Outbox.Add(command) };
}

using System.Collections.Immutable;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>A slot of the worker in use: a leased cell and its run.</summary>
/// <param name="Lease">The cell and the lease on it.</param>
/// <param name="Step">Completed steps of its schedule.</param>
/// <param name="IsRunning">Whether its process was started.</param>
/// <param name="IsStarting">Whether its process is being started.</param>
/// <param name="IsLost">Whether the lease is lost; the end of the run is then not reported.</param>
/// <param name="WasStopped">Whether its process was asked to exit, or will be once it is running.</param>
/// <param name="WasKilled">Whether its process was killed because it did not exit within <see cref="NodeOptions.StopTimeout"/>.</param>
internal sealed record WorkerSlot(
    CellLease Lease,
    long Step = 0,
    bool IsRunning = false,
    bool IsStarting = false,
    bool IsLost = false,
    bool WasStopped = false,
    bool WasKilled = false);

/// <summary>
/// The immutable state of a worker. Each transition is named after an event and returns the next state; commands collect in
/// <see cref="Outbox"/>.
/// </summary>
/// <param name="Options">Settings of the worker.</param>
/// <param name="Slots">Slots for runs by index; null if free.</param>
internal sealed record WorkerState(NodeOptions Options, ImmutableArray<WorkerSlot?> Slots)
{
    // Exit codes of the planet command.
    private const int Success = 0;
    private const int UnusableInput = 2;
    private const int Interrupted = 130;

    /// <summary>Sequence number of the newest report. Replies to superseded reports do not renew leases.</summary>
    public long LastReport { get; init; }

    /// <summary>Sequence number of the newest <see cref="CellEnded"/>.</summary>
    public long LastEnd { get; init; }

    /// <summary>Whether no reply to a report is pending.</summary>
    public bool IsAnswered { get; init; } = true;

    /// <summary>Whether slots became free that the unanswered report did not request cells for.</summary>
    public bool HasUnrequestedSlots { get; init; }

    /// <summary>Whether <see cref="CoordinatorUnavailable"/> was emitted and not yet <see cref="CoordinatorRecovered"/>.</summary>
    public bool IsCoordinatorUnavailable { get; init; }

    /// <summary>Ends of runs that the coordinator has not confirmed yet, by sequence number.</summary>
    public ImmutableSortedDictionary<long, (CellEnded Ended, CellLease Lease)> PendingEnds { get; init; } =
        ImmutableSortedDictionary<long, (CellEnded Ended, CellLease Lease)>.Empty;

    /// <summary>The latest progress of the grid; null before the first reply.</summary>
    public GridProgress? Progress { get; init; }

    /// <summary>Whether the worker is stopping and takes no more cells.</summary>
    public bool IsStopping { get; init; }

    /// <summary>Commands to execute.</summary>
    public ImmutableList<WorkerCommand> Outbox { get; init; } = [];

    /// <summary>
    /// True once no cell is left to run, false once the worker has stopped, null before. A grid without cells is not complete: cells are
    /// about to be added.
    /// </summary>
    public bool? Completed => Slots.Any(slot => slot is not null) ? null
        : IsStopping ? PendingEnds.IsEmpty || IsCoordinatorUnavailable ? false : null
        : Options.UntilDone && PendingEnds.IsEmpty && IsAnswered && Progress is { } progress
            && progress.Cells > 0 && progress.Count(CellStatus.Queued) + progress.Count(CellStatus.Running) == 0 ? true : null;

    /// <summary>The worker's part of a reply to a status request.</summary>
    public WorkerStatus Summary => new(Options.Owner, Slots.Length, [.. Held.Where(slot => !slot.IsLost).Select(slot => slot.Lease.Key)]);

    private IEnumerable<WorkerSlot> Held => Slots.OfType<WorkerSlot>();

    private int FreeSlots => IsStopping ? 0 : Slots.Count(slot => slot is null);

    /// <summary>The steps of the runs were read. Sends a report, and sends unconfirmed ends of runs again.</summary>
    public WorkerState StepsWereRead(StepsRead read)
    {
        var state = this with
        {
            Slots =
            [
                .. Slots.Select(slot =>
                    slot is not null && read.Steps.TryGetValue(slot.Lease.Key, out var step) ? slot with { Step = step } : slot),
            ],
        };
        state = state.PendingEnds.Values.Aggregate(state, (next, pending) => next.Do(new SendToCoordinator(pending.Ended)));

        // Retries runs whose directory was in use by another process.
        state = state.Held.Where(slot => slot is { IsRunning: false, IsStarting: false, WasStopped: false })
            .Aggregate(state, (next, slot) => next.Start(slot));
        return state.Report();
    }

    /// <summary>Cells may have become available, or none may be left. A worker without slots reports to learn of the latter.</summary>
    public WorkerState WorkBecameAvailable() => Slots.IsEmpty && IsAnswered ? Report() : AskForCells();

    /// <summary>Leases may have been lost. The reply to a report lists them.</summary>
    public WorkerState LeasesMayBeLost() => Report();

    /// <summary>The coordinator replied to a report.</summary>
    public WorkerState OrdersArrived(WorkerOrders orders)
    {
        var state = this;
        if (orders.Number == LastReport)
        {
            state = (state.CoordinatorReplied() with { IsAnswered = true, Progress = orders.Progress }).Do(new AwaitReply(false));
            state = orders.Lost.Aggregate(state, (next, lost) => next.LeaseWasLost(lost.Key, lost.Epoch));
            state = state.Do(new RenewChildren([.. state.Held.Where(slot => !slot.IsLost).Select(slot => slot.Lease)]))
                .Emit(new ProgressUpdated(orders.Progress));
        }

        // Grants in replies to superseded reports are valid too: the store has leased these cells to this worker.
        state = orders.Granted.Aggregate(state, (next, lease) => next.CellWasGranted(lease));
        return state is { HasUnrequestedSlots: true, IsAnswered: true } ? state.AskForCells() : state;
    }

    /// <summary>The coordinator did not reply to a report in time.</summary>
    public WorkerState ReplyTimedOut() =>
        IsAnswered ? this : (this with { IsAnswered = true }).CoordinatorWasUnavailable("no reply to reports");

    /// <summary>The coordinator cannot be reached, or cannot use its store.</summary>
    public WorkerState CoordinatorWasUnavailable(string reason) => IsCoordinatorUnavailable
        ? this
        : (this with { IsCoordinatorUnavailable = true }).Emit(new CoordinatorUnavailable(reason));

    /// <summary>The coordinator confirmed the end of a run.</summary>
    public WorkerState EndWasRecorded(CellEndRecorded recorded)
    {
        if (!PendingEnds.TryGetValue(recorded.Number, out var pending))
        {
            return this;
        }

        var (ended, lease) = pending;
        return (CoordinatorReplied() with { PendingEnds = PendingEnds.Remove(recorded.Number) }).Emit(
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
        // A process that exits at once can be reported as ended first.
        if (SlotOf(lease) is null)
        {
            return this;
        }

        var state = Change(lease, slot => slot with { IsStarting = false, IsRunning = true });
        return state.SlotOf(lease) is { WasStopped: true } ? state.Do(new StopChildRun(lease)) : state.Emit(new RunBegun(lease));
    }

    /// <summary>The process of a run was not started, because another process still uses the run's directory.</summary>
    public WorkerState ChildDirectoryWasLocked(CellLease lease) => SlotOf(lease) switch
    {
        { WasStopped: true } => FreeSlot(lease, CellOutcome.Released),
        _ => Change(lease, slot => slot with { IsStarting = false }).Emit(new RunDirectoryLocked(lease)),
    };

    /// <summary>The process of a run could not be started.</summary>
    public WorkerState ChildCouldNotStart(CellLease lease, string reason) => FreeSlot(lease, CellOutcome.Failed, reason, Options.Budget);

    /// <summary>The process of a run has exited.</summary>
    public WorkerState ChildHasEnded(ChildEnded ended)
    {
        var state = Do(new ForgetChildRun(ended.Lease));
        return ended.Code switch
        {
            Success => state.FreeSlot(ended.Lease, CellOutcome.Completed),

            // A run that was killed because it exited too slowly has not failed: it resumes from its checkpoint.
            Interrupted => state.FreeSlot(ended.Lease, CellOutcome.Released),
            _ when SlotOf(ended.Lease) is { WasKilled: true } => state.FreeSlot(ended.Lease, CellOutcome.Released),

            // A retry would fail on the same input.
            UnusableInput => state.FreeSlot(ended.Lease, CellOutcome.Failed, ended.Reason, budget: 1),
            _ => state.FreeSlot(ended.Lease, CellOutcome.Failed, ended.Reason, Options.Budget),
        };
    }

    /// <summary>A run that was asked to stop did not exit within <see cref="NodeOptions.StopTimeout"/>.</summary>
    public WorkerState StopTimedOut(CellLease lease) =>
        SlotOf(lease) is null ? this : Change(lease, slot => slot with { WasKilled = true }).Do(new KillChildRun(lease));

    /// <summary>The end of the work was reported. A worker that is about to leave takes no cells that are added meanwhile.</summary>
    public WorkerState CompletionWasReported() => this with { IsStopping = true };

    /// <summary>The worker was asked to stop.</summary>
    public WorkerState StopWasRequested() => Held.Aggregate(this with { IsStopping = true }, (next, slot) => next.Stop(slot));

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
            return SendEnd(lease, CellOutcome.Released, "", 1);
        }

        var slot = new WorkerSlot(lease);
        return (this with { Slots = Slots.SetItem(free, slot) }).Start(slot);
    }

    private WorkerState Start(WorkerSlot slot) => Change(slot.Lease, held => held with { IsStarting = true })
        .Do(new StartChildRun(slot.Lease, Slots.IndexOf(Held.First(held => held.Lease == slot.Lease))));

    // Asks a run to stop, or releases a cell whose run was not started.
    private WorkerState Stop(WorkerSlot slot) => slot switch
    {
        { WasStopped: true } => this,
        { IsRunning: false, IsStarting: false } => FreeSlot(slot.Lease, CellOutcome.Released),
        { IsStarting: true } => Change(slot.Lease, held => held with { WasStopped = true }),
        _ => Change(slot.Lease, held => held with { WasStopped = true }).Do(new StopChildRun(slot.Lease)),
    };

    // Frees the slot, and reports the end of the run unless the lease is lost: another node may hold the cell by now.
    private WorkerState FreeSlot(CellLease lease, CellOutcome outcome, string reason = "", int budget = 1)
    {
        if (SlotOf(lease) is not { } slot)
        {
            return this;
        }

        var state = this with { Slots = Slots.SetItem(Slots.IndexOf(slot), null) };
        state = slot.IsLost ? state : state.SendEnd(lease, outcome, reason, budget);
        return state.AskForCells();
    }

    private WorkerState AskForCells() => FreeSlots == 0 ? this : IsAnswered ? Report() : this with { HasUnrequestedSlots = true };

    private WorkerState SendEnd(CellLease lease, CellOutcome outcome, string reason, int budget)
    {
        var ended = new CellEnded(LastEnd + 1, lease.Owner, lease.Key, lease.Epoch, lease.Cell.Steps, outcome, reason, budget);
        return (this with { LastEnd = LastEnd + 1, PendingEnds = PendingEnds.Add(LastEnd + 1, (ended, lease)) })
            .Do(new SendToCoordinator(ended));
    }

    private WorkerState Report()
    {
        HeldCell[] held = [.. Held.Where(slot => !slot.IsLost).Select(slot => new HeldCell(slot.Lease.Key, slot.Lease.Epoch, slot.Step))];

        // While a reply is pending, it may bring the requested cells. A second request would take cells that must then be released.
        var report = new WorkerReport(LastReport + 1, Options.Owner, Options.Grid, IsAnswered ? FreeSlots : 0, held);
        var next = this with { LastReport = LastReport + 1, IsAnswered = false, HasUnrequestedSlots = HasUnrequestedSlots && !IsAnswered };
        var state = next.Do(new SendToCoordinator(report));
        return IsAnswered ? state.Do(new AwaitReply(true)) : state;
    }

    private WorkerState CoordinatorReplied() =>
        IsCoordinatorUnavailable ? (this with { IsCoordinatorUnavailable = false }).Emit(new CoordinatorRecovered()) : this;

    private WorkerSlot? SlotOf(CellLease lease) => Held.FirstOrDefault(slot => slot.Lease == lease);

    private WorkerState Change(CellLease lease, Func<WorkerSlot, WorkerSlot> change) =>
        this with { Slots = [.. Slots.Select(slot => slot?.Lease == lease ? change(slot) : slot)] };

    private WorkerState Emit(NodeEvent happened) => Do(new EmitEvent(happened));

    private WorkerState Do(WorkerCommand command) => this with { Outbox = Outbox.Add(command) };
}

using System.Collections.Immutable;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;

namespace PlaNet.Tests.Cluster;

/// <summary>A worker without an actor system or processes: events in, commands out.</summary>
public sealed class WorkerStateTests
{
    private static readonly GridProgress s_working = Progress(CellStatus.Running);
    private static readonly NodeOptions s_options = new()
    {
        Runs = "unused",
        Program = ["planet"],
        Workers = 2,
        Grid = "G",
        Owner = "me",
        Budget = 3,
        UntilDone = true
    };

    [Fact]
    public void A_worker_asks_for_as_many_cells_as_it_has_slots_and_starts_the_granted_ones()
    {
        var (state, report) = Asked(New());
        Assert.Equal(("me", "G", 2), (report.Owner, report.Grid, report.Free));
        Assert.Empty(report.Held);
        state = Clear(state).OrdersArrived(Orders(report, Cell(0), Cell(1)));
        Assert.Equal([(Cell(0), 0), (Cell(1), 1)], Commands<StartChildRun>(state).Select(start => (start.Lease, start.Slot)));
        Assert.Equal([Cell(0)], Events<RunBegun>(Clear(state).ChildWasStarted(Cell(0))).Select(begun => begun.Lease));
    }

    [Fact]
    public void Slots_in_an_unanswered_report_are_not_requested_again_until_the_newest_report_is_answered()
    {
        var (state, first) = Asked(New());
        state = Clear(state).WorkBecameAvailable();
        Assert.Empty(Commands<SendToCoordinator>(state));
        var (next, second) = Asked(Clear(state));
        Assert.Equal(0, second.Free);

        // The answer to the newest report grants nothing: the free slots are requested now.
        state = Clear(next).OrdersArrived(Orders(second));
        Assert.Equal(2, Sent<WorkerReport>(state).Free);

        // The cells that the first answer grants are still accepted.
        state = Clear(state).OrdersArrived(Orders(first, Cell(0)));
        Assert.Equal(Cell(0), Assert.Single(Commands<StartChildRun>(state)).Lease);
        Assert.Empty(Commands<RenewChildren>(state));
    }

    [Fact]
    public void When_leases_may_be_lost_a_worker_without_a_free_slot_reports_at_once()
    {
        var full = Running(New() with { Slots = [null] });
        Assert.Empty(Commands<SendToCoordinator>(Clear(full).WorkBecameAvailable()));
        var report = Sent<WorkerReport>(Clear(full).LeasesMayBeLost());
        Assert.Equal((0, Cell(0).Key), (report.Free, Assert.Single(report.Held).Key));
    }

    [Fact]
    public void The_summary_of_a_worker_has_its_slots_and_the_cells_that_it_still_holds()
    {
        var (state, report) = Asked(Running(New()));
        Assert.Equal(("me", 2, Cell(0).Key), (state.Summary.Owner, state.Summary.Slots, Assert.Single(state.Summary.Cells)));
        Assert.Empty(state.OrdersArrived(Orders(report) with { Lost = report.Held }).Summary.Cells);
    }

    [Fact]
    public void A_worker_without_slots_asks_for_no_cells_and_ends_with_the_grid()
    {
        var (state, report) = Asked(New() with { Slots = [] });
        Assert.Equal(0, report.Free);
        state = Clear(state).OrdersArrived(Orders(report));
        Assert.Null(state.Completed);

        // The last cell is done: the worker reports at once, not at its next heartbeat.
        state = Clear(state).WorkBecameAvailable();
        report = Sent<WorkerReport>(state);
        state = Clear(state).OrdersArrived(Orders(report) with { Progress = Progress(CellStatus.Done) });
        Assert.True(state.Completed);
    }

    [Fact]
    public void A_worker_waits_until_cells_are_added_and_takes_none_after_reporting_completion()
    {
        var (state, report) = Asked(New() with { Options = s_options with { Grid = null } });
        state = Clear(state).OrdersArrived(
            Orders(report) with { Progress = new GridProgress(0, new Dictionary<CellStatus, int>(), 1, TimeSpan.Zero) });
        Assert.Null(state.Completed);
        (state, report) = Asked(Clear(state));
        state = Clear(state).OrdersArrived(Orders(report) with { Progress = Progress(CellStatus.Done) });
        Assert.True(state.Completed);
        (state, report) = Asked(Clear(state.CompletionWasReported()));
        Assert.Equal(0, report.Free);
        state = Clear(state).OrdersArrived(Orders(report, Cell(0)));
        Assert.Empty(Commands<StartChildRun>(state));
        Assert.Equal(CellOutcome.Released, Sent<CellEnded>(state).Outcome);
    }

    [Fact]
    public void A_grant_without_a_free_slot_is_released()
    {
        var state = Running(New() with { Slots = [null] });
        state = state.OrdersArrived(Orders(Asked(state).Report, Cell(5)));
        var ended = Sent<CellEnded>(state);
        Assert.Equal((Cell(5).Key, CellOutcome.Released), (ended.Key, ended.Outcome));
    }

    [Fact]
    public void A_lost_lease_stops_the_run_and_its_end_is_not_reported()
    {
        var (state, report) = Asked(Running(New()));
        var held = Assert.Single(report.Held);
        state = Clear(state).OrdersArrived(Orders(report) with { Lost = [held] });
        Assert.Equal(Cell(0), Assert.Single(Commands<StopChildRun>(state)).Lease);
        Assert.Empty(Assert.Single(Commands<RenewChildren>(state)).Leases);
        Assert.Single(Events<LeaseLost>(state));
        state = Clear(state).ChildHasEnded(new ChildEnded(Cell(0), 130, ""));
        Assert.DoesNotContain(Commands<SendToCoordinator>(state), sent => sent.Message is CellEnded);
        Assert.All(state.Slots, Assert.Null);
    }

    [Fact]
    public void A_lease_under_another_epoch_is_not_lost()
    {
        var (state, report) = Asked(Running(New()));
        state = Clear(state).OrdersArrived(Orders(report) with { Lost = [new HeldCell(Cell(0).Key, Cell(0).Epoch - 1, 0)] });
        Assert.Empty(Commands<StopChildRun>(state));
        Assert.Equal([Cell(0)], Assert.Single(Commands<RenewChildren>(state)).Leases);
    }

    [Fact]
    public void Orders_that_answer_an_earlier_report_renew_nothing()
    {
        var (state, earlier) = Asked(Running(New()));
        (state, _) = Asked(Clear(state));
        Assert.Empty(Commands<RenewChildren>(Clear(state).OrdersArrived(Orders(earlier))));
    }

    [Theory]
    [InlineData(0, false, CellOutcome.Completed, 3)]
    [InlineData(130, false, CellOutcome.Released, 3)]
    [InlineData(137, true, CellOutcome.Released, 3)]
    [InlineData(137, false, CellOutcome.Failed, 3)]
    [InlineData(1, false, CellOutcome.Failed, 3)]
    [InlineData(2, false, CellOutcome.Failed, 1)]
    public void The_exit_code_of_a_process_decides_the_outcome_of_its_cell(int code, bool killed, CellOutcome outcome, int budget)
    {
        var state = Running(New());
        state = Clear(killed ? state.StopTimedOut(Cell(0)) : state);
        var ended = Sent<CellEnded>(state.ChildHasEnded(new ChildEnded(Cell(0), code, "why")));
        Assert.Equal((outcome, Cell(0).Key, Cell(0).Epoch, Cell(0).Cell.Steps), (ended.Outcome, ended.Key, ended.Epoch, ended.Steps));
        Assert.Equal(outcome == CellOutcome.Failed ? ("why", budget) : ("", 1), (ended.Reason, ended.Budget));
    }

    [Fact]
    public void An_end_is_sent_again_until_it_is_recorded_and_then_emitted_once()
    {
        var state = Running(New()).ChildHasEnded(new ChildEnded(Cell(0), 0, ""));
        var ended = Sent<CellEnded>(state);
        state = Clear(state).StepsWereRead(new StepsRead(new Dictionary<CellKey, long>()));
        Assert.Equal(ended, Sent<CellEnded>(state));
        state = Clear(state).EndWasRecorded(new CellEndRecorded(ended.Number, CellStatus.Done));
        Assert.Equal(Cell(0), Assert.Single(Events<RunCompleted>(state)).Lease);
        Assert.Empty(Clear(state).EndWasRecorded(new CellEndRecorded(ended.Number, CellStatus.Done)).Outbox);
    }

    [Fact]
    public void A_worker_ends_when_nothing_is_queued_or_running_and_everything_is_recorded()
    {
        var state = Running(New()).ChildHasEnded(new ChildEnded(Cell(0), 0, ""));
        var (ended, report) = (Sent<CellEnded>(state), Sent<WorkerReport>(state));
        Assert.Null(state.Completed);
        state = state.OrdersArrived(Orders(report) with { Progress = Progress(CellStatus.Done) });
        Assert.Null(state.Completed);
        Assert.True(state.EndWasRecorded(new CellEndRecorded(ended.Number, CellStatus.Done)).Completed);
    }

    [Fact]
    public void A_stopping_worker_waits_for_its_runs_but_not_for_an_unavailable_coordinator()
    {
        var state = Running(New()).StopWasRequested();
        Assert.Equal(Cell(0), Assert.Single(Commands<StopChildRun>(state)).Lease);
        Assert.Null(state.Completed);
        state = state.ChildHasEnded(new ChildEnded(Cell(0), 130, ""));
        Assert.Null(state.Completed);
        Assert.False(state.CoordinatorWasUnavailable("gone").Completed);
        Assert.False(state.EndWasRecorded(new CellEndRecorded(1, CellStatus.Queued)).Completed);
    }

    [Fact]
    public void A_run_with_a_locked_directory_is_retried_at_the_next_heartbeat_and_released_when_the_worker_stops()
    {
        var (state, report) = Asked(New());
        state = state.OrdersArrived(Orders(report, Cell(0))).ChildDirectoryWasLocked(Cell(0));
        Assert.Single(Events<RunDirectoryLocked>(state));
        Assert.Single(Commands<StartChildRun>(Clear(state).StepsWereRead(new StepsRead(new Dictionary<CellKey, long>()))));
        Assert.Equal(CellOutcome.Released, Sent<CellEnded>(Clear(state).StopWasRequested()).Outcome);
    }

    private static WorkerState New() => new(s_options, [null, null]);

    private static CellLease Cell(int index) => new(new CellKey("G", $"run/{index}"), "me", 7, new NewCell($"run/{index}", "{}", 0, 40));

    private static GridProgress Progress(CellStatus status) => new(1, new Dictionary<CellStatus, int> { [status] = 1 }, 0, null);

    private static WorkerState Clear(WorkerState state) => state with { Outbox = ImmutableList<WorkerCommand>.Empty };

    private static (WorkerState State, WorkerReport Report) Asked(WorkerState state)
    {
        var next = Clear(state).StepsWereRead(new StepsRead(new Dictionary<CellKey, long>()));
        return (next, Sent<WorkerReport>(next));
    }

    // A worker with one running cell and no unanswered report.
    private static WorkerState Running(WorkerState state)
    {
        var (next, report) = Asked(state);
        return Clear(next.OrdersArrived(Orders(report, Cell(0))).ChildWasStarted(Cell(0)));
    }

    private static WorkerOrders Orders(WorkerReport report, params CellLease[] granted) => new(report.Number, [], granted, s_working);

    private static IEnumerable<T> Commands<T>(WorkerState state) => state.Outbox.OfType<T>();

    private static IEnumerable<T> Events<T>(WorkerState state) => Commands<EmitEvent>(state).Select(emit => emit.Happened).OfType<T>();

    private static T Sent<T>(WorkerState state) =>
        Assert.Single(Commands<SendToCoordinator>(state).Select(sent => sent.Message).OfType<T>());
}

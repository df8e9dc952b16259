using Akka.Actor;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Stores;
using PlaNet.Runs.Actors;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cluster;

/// <summary>The grid coordinator without an actor system, over a store on disk.</summary>
public sealed class GridCoordinatorTests : IDisposable
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);
    private static readonly NewCell[] s_cells =
    [
        .. Enumerable.Range(0, 3).Select(index => new NewCell($"run/{index}", "{}", (ulong)index, 40))
    ];

    private readonly TemporaryFolder _folder = new();

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cells_are_granted_once_renewed_under_their_epoch_and_recorded()
    {
        using var coordinator = new SimulatedCoordinator(OpenStore);
        Assert.Equal(new CellsAdded(3), Assert.Single(coordinator.Ask(new AddCells("G", s_cells))));
        Assert.Equal(new CellsAdded(0), Assert.Single(coordinator.Ask(new AddCells("G", s_cells))));
        var mine = Report(coordinator, "me", free: 2);
        var yours = Report(coordinator, "you", free: 2);
        Assert.Equal(["run/0", "run/1"], mine.Granted.Select(lease => lease.Key.Name));
        Assert.Equal(["run/2"], yours.Granted.Select(lease => lease.Key.Name));
        Assert.Equal((3, 2), (mine.Progress.Cells, mine.Progress.Count(CellStatus.Running)));

        // The progress is computed at most once a second, and again when a cell ends.
        Assert.Equal(2, yours.Progress.Count(CellStatus.Running));
        Assert.Empty(coordinator.Fire());
        Assert.Equal(3, Report(coordinator, "you", 0).Progress.Count(CellStatus.Running));

        var held = mine.Granted.Select(lease => new HeldCell(lease.Key, lease.Epoch, 12)).ToArray();
        Assert.Empty(Report(coordinator, "me", 0, held).Lost);
        Assert.Equal(12, coordinator.Page().Rows[0].State.Step);
        Assert.Equal([held[0]], Report(coordinator, "you", 0, held[0]).Lost);
        var answers = coordinator.Ask(new CellEnded(9, "me", held[0].Key, held[0].Epoch, 40, CellOutcome.Completed, "", 1));
        Assert.Equal(new CellEndRecorded(9, CellStatus.Done), answers[0]);
        Assert.Equal(2, answers.Count(message => message is WorkAvailable));
        Assert.Equal(2, Report(coordinator, "you", 0).Progress.Count(CellStatus.Running));
        Assert.Equal(
            new CellEndRecorded(10, null),
            Assert.Single(coordinator.Ask(new CellEnded(10, "you", held[1].Key, held[1].Epoch, 40, CellOutcome.Completed, "", 1))));
        Assert.Equal((CellStatus.Done, 40), (coordinator.Page().Rows[0].State.Status, coordinator.Page().Rows[0].State.Step));
    }

    [Fact]
    public void Two_coordinators_that_live_side_by_side_give_no_cell_to_two_workers()
    {
        using var old = new SimulatedCoordinator(OpenStore);
        using var successor = new SimulatedCoordinator(OpenStore);
        old.Ask(new AddCells("G", s_cells));
        var leases = new[] { Report(old, "me", 1), Report(successor, "you", 1), Report(old, "me", 2), Report(successor, "you", 2) }
            .SelectMany(orders => orders.Granted).ToArray();
        Assert.Equal(s_cells.Select(cell => cell.Name), leases.Select(lease => lease.Key.Name));

        // When the successor has granted a cell again, the old coordinator cannot renew or end the earlier lease of it.
        var first = leases[0];
        Assert.Contains(
            new CellEndRecorded(1, CellStatus.Queued),
            successor.Ask(new CellEnded(1, "me", first.Key, first.Epoch, 40, CellOutcome.Released, "", 1)));
        var again = Assert.Single(Report(successor, "you", 1).Granted);
        Assert.Equal((first.Key, first.Epoch + 1), (again.Key, again.Epoch));
        Assert.Single(Report(old, "me", 0, new HeldCell(first.Key, first.Epoch, 20)).Lost);
        Assert.Contains(
            new CellEndRecorded(2, null),
            old.Ask(new CellEnded(2, "me", first.Key, first.Epoch, 40, CellOutcome.Completed, "", 1)));
    }

    [Fact]
    public void Workers_are_notified_when_cells_are_added_or_return_to_the_queue()
    {
        using var coordinator = new SimulatedCoordinator(OpenStore);
        Report(coordinator, "me", 1);
        Assert.Contains(coordinator.Ask(new AddCells("G", s_cells)), message => message is WorkAvailable);
        var lease = Assert.Single(Report(coordinator, "me", 1).Granted);
        Assert.Contains(
            coordinator.Ask(new CellEnded(1, "me", lease.Key, lease.Epoch, 40, CellOutcome.Failed, "why", 3)),
            message => message is WorkAvailable);
        Assert.DoesNotContain(
            coordinator.Ask(new CellEnded(2, "me", lease.Key, lease.Epoch, 40, CellOutcome.Failed, "why", 3)),
            message => message is WorkAvailable);
    }

    [Fact]
    public void Requested_changes_are_applied_and_only_real_changes_are_announced_to_workers()
    {
        using var coordinator = new SimulatedCoordinator(OpenStore);
        coordinator.Ask(new AddCells("G", s_cells));
        var lease = Assert.Single(Report(coordinator, "me", 1).Granted);
        Assert.Equal(
            [new CellChanged(CellChange.Cancel, true), new LeasesChanged()],
            coordinator.Ask(new ChangeCell(lease.Key, CellChange.Cancel)));
        Assert.Equal(lease.Key, Assert.Single(Report(coordinator, "me", 0, new HeldCell(lease.Key, lease.Epoch, 3)).Lost).Key);

        // A change without effect is not announced.
        Assert.Equal(new CellChanged(CellChange.Pause, false), Assert.Single(coordinator.Ask(new ChangeCell(lease.Key, CellChange.Pause))));
        Assert.Equal(
            new CellChanged(CellChange.Cancel, false),
            Assert.Single(coordinator.Ask(new ChangeCell(new CellKey("G", "none"), CellChange.Cancel))));
        Assert.Equal(
            [new CellChanged(CellChange.Requeue, true), new WorkAvailable()],
            coordinator.Ask(new ChangeCell(lease.Key, CellChange.Requeue)));
        var history = Assert.IsType<CellHistory>(Assert.Single(coordinator.Ask(new AskHistory(lease.Key))));
        Assert.Equal([CellStatus.Running, CellStatus.Cancelled, CellStatus.Queued], history.Events.Select(happened => happened.Status));
    }

    [Fact]
    public void Reports_that_arrive_while_another_is_answered_are_answered_together()
    {
        using (var store = OpenStore())
        {
            store.Add("G", s_cells);
        }

        var role = new RoleHarness(GridCoordinator.Create(OpenStore, s_lease));
        role.Tell(Done(role.Started)!);
        var first = role.Tell(new WorkerReport(1, "a", "G", 1, []));
        Assert.Empty(role.Tell(new WorkerReport(2, "b", "G", 1, [])));
        Assert.Empty(role.Tell(new WorkerReport(3, "c", null, 2, [])));
        var rest = role.Tell(Done(first)!);
        Assert.Equal(1, RoleHarness.Sent<WorkerOrders>(rest).Number);
        var orders = RoleHarness.Messages(role.Tell(Done(rest)!)).Cast<WorkerOrders>().ToList();
        Assert.Equal([(2, 1), (3, 1)], orders.Select(order => (order.Number, order.Granted.Count)));

        // The progress of the grid was computed for the first answer, that of all grids only now.
        Assert.Equal([(3, 1), (3, 3)], orders.Select(order => (order.Progress.Cells, order.Progress.Count(CellStatus.Running))));
        Done(role.End());

        static object? Done(IEnumerable<Effect> effects) => Assert.Single(effects.OfType<Run>()).Work(CancellationToken.None);
    }

    [Fact]
    public void A_page_is_shortened_until_its_texts_fit_into_a_frame()
    {
        using var coordinator = new SimulatedCoordinator(OpenStore);
        coordinator.Ask(new AddCells("G", s_cells));
        foreach (var lease in Report(coordinator, "me", 2).Granted)
        {
            coordinator.Ask(new CellEnded(1, "me", lease.Key, lease.Epoch, 40, CellOutcome.Failed, new string('x', 200_000), 1));
        }

        var page = coordinator.Page();
        Assert.Equal((1, 3), (page.Rows.Count, page.All));
        var rest = Assert.IsType<CellPage>(Assert.Single(coordinator.Ask(new ListCells("G", 1, 100))));
        Assert.Equal(["run/1", "run/2"], rest.Rows.Select(row => row.Key.Name));
    }

    [Fact]
    public void An_unavailable_store_is_reported_and_opened_once_it_is_available()
    {
        var opens = false;
        using var coordinator = new SimulatedCoordinator(() => opens ? OpenStore() : throw new GridStoreException("no server"));
        Assert.Equal(new StoreUnavailable("no server"), Assert.Single(coordinator.Ask(new WorkerReport(4, "me", null, 1, []))));
        Assert.Equal(new StoreUnavailable("no server"), Assert.Single(coordinator.Ask(new ListCells(null, 0, 1))));
        opens = true;
        Assert.Contains(coordinator.Fire(), message => message is WorkAvailable);
        Assert.Empty(Report(coordinator, "me", 1).Granted);
    }

    private static WorkerOrders Report(SimulatedCoordinator coordinator, string owner, int free, params HeldCell[] held) =>
        Assert.Single(coordinator.Ask(new WorkerReport(1, owner, "G", free, held)).OfType<WorkerOrders>());

    private IGridStore OpenStore() => GridStores.Open(_folder["ledger"], TimeProvider.System);

    /// <summary>A coordinator whose work runs at once.</summary>
    private sealed class SimulatedCoordinator : IDisposable
    {
        private readonly RoleHarness _role;
        private object? _timer;

        public SimulatedCoordinator(Func<IGridStore> open)
        {
            _role = new RoleHarness(GridCoordinator.Create(open, s_lease));
            Do(_role.Started);
        }

        /// <summary>Sends it a message. Returns the messages that it sends.</summary>
        public List<object> Ask(object message) => Do(_role.Tell(message));

        public List<object> Fire() => Ask(_timer!);

        public CellPage Page() => Assert.IsType<CellPage>(Assert.Single(Ask(new ListCells("G", 0, 100))));

        public void Dispose() => Do(_role.End());

        private List<object> Do(IReadOnlyList<Effect> effects)
        {
            var sent = new List<object>();
            foreach (var effect in effects)
            {
                switch (effect)
                {
                    case Run run when Result(run) is { } result:
                        sent.AddRange(Do(_role.Tell(result)));
                        break;
                    case After after:
                        _timer = after.Message;
                        break;
                    case Tell tell:
                        Assert.False(tell.To.IsNobody());
                        sent.Add(tell.Message);
                        break;
                }
            }

            return sent;
        }

        private static object? Result(Run run)
        {
            try
            {
                return run.Work(CancellationToken.None);
            }
            catch (GridStoreException failure) when (run.Failed?.Invoke(failure) is { } sent)
            {
                return sent;
            }
        }
    }
}

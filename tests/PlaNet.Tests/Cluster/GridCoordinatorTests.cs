using Akka.Actor;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Stores;
using PlaNet.Runs.Actors;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cluster;

/// <summary>The grid coordinator without an actor system, over a ledger on disk.</summary>
public sealed class GridCoordinatorTests : IDisposable
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);
    private static readonly NewCell[] s_cells = [.. Enumerable.Range(0, 3).Select(index => new NewCell($"run/{index}", "{}", (ulong)index, 40))];

    private readonly TemporaryFolder _folder = new();

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cells_are_granted_once_renewed_under_their_epoch_and_recorded()
    {
        using var coordinator = new Played(Ledger);
        Assert.Equal(new CellsAdded(3), Assert.Single(coordinator.Ask(new AddCells("G", s_cells))));
        Assert.Equal(new CellsAdded(0), Assert.Single(coordinator.Ask(new AddCells("G", s_cells))));
        var mine = Report(coordinator, "me", free: 2);
        var yours = Report(coordinator, "you", free: 2);
        Assert.Equal(["run/0", "run/1"], mine.Granted.Select(lease => lease.Key.Name));
        Assert.Equal(["run/2"], yours.Granted.Select(lease => lease.Key.Name));
        Assert.Equal((3, 2), (mine.Standing.Cells, mine.Standing.Count(CellStatus.Running)));

        // What was added up lasts for a second, and until a cell ends.
        Assert.Equal(2, yours.Standing.Count(CellStatus.Running));
        Assert.Empty(coordinator.Ring());
        Assert.Equal(3, Report(coordinator, "you", 0).Standing.Count(CellStatus.Running));

        var held = mine.Granted.Select(lease => new HeldCell(lease.Key, lease.Epoch, 12)).ToArray();
        Assert.Empty(Report(coordinator, "me", 0, held).Lost);
        Assert.Equal(12, coordinator.Page().Rows[0].State.Step);
        Assert.Equal([held[0]], Report(coordinator, "you", 0, held[0]).Lost);
        var answers = coordinator.Ask(new CellEnded(9, "me", held[0].Key, held[0].Epoch, 40, CellOutcome.Completed, "", 1));
        Assert.Equal(new CellEndRecorded(9, CellStatus.Done), answers[0]);
        Assert.Equal(2, answers.Count(message => message is WorkAvailable));
        Assert.Equal(2, Report(coordinator, "you", 0).Standing.Count(CellStatus.Running));
        Assert.Equal(
            new CellEndRecorded(10, null),
            Assert.Single(coordinator.Ask(new CellEnded(10, "you", held[1].Key, held[1].Epoch, 40, CellOutcome.Completed, "", 1))));
        Assert.Equal((CellStatus.Done, 40), (coordinator.Page().Rows[0].State.Status, coordinator.Page().Rows[0].State.Step));
    }

    [Fact]
    public void Two_coordinators_that_live_side_by_side_give_no_cell_to_two_workers()
    {
        using var old = new Played(Ledger);
        using var successor = new Played(Ledger);
        old.Ask(new AddCells("G", s_cells));
        var leases = new[] { Report(old, "me", 1), Report(successor, "you", 1), Report(old, "me", 2), Report(successor, "you", 2) }
            .SelectMany(orders => orders.Granted).ToArray();
        Assert.Equal(s_cells.Select(cell => cell.Name), leases.Select(lease => lease.Key.Name));

        // What the successor has given away again, the old one cannot renew or end for whoever had it before.
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
    public void Workers_are_told_when_cells_come_come_back_or_are_done()
    {
        using var coordinator = new Played(Ledger);
        Report(coordinator, "me", 1);
        Assert.Contains(coordinator.Ask(new AddCells("G", s_cells)), message => message is WorkAvailable);
        var lease = Assert.Single(Report(coordinator, "me", 1).Granted);
        Assert.Contains(
            coordinator.Ask(new CellEnded(1, "me", lease.Key, lease.Epoch, 40, CellOutcome.Failed, "why", 3)), message => message is WorkAvailable);
        Assert.DoesNotContain(
            coordinator.Ask(new CellEnded(2, "me", lease.Key, lease.Epoch, 40, CellOutcome.Failed, "why", 3)), message => message is WorkAvailable);
    }

    [Fact]
    public void Changes_that_people_ask_for_are_made_and_workers_told_what_concerns_them()
    {
        using var coordinator = new Played(Ledger);
        coordinator.Ask(new AddCells("G", s_cells));
        var lease = Assert.Single(Report(coordinator, "me", 1).Granted);
        Assert.Equal([new CellChanged(CellChange.Cancel, true), new LeasesChanged()], coordinator.Ask(new ChangeCell(lease.Key, CellChange.Cancel)));
        Assert.Equal(lease.Key, Assert.Single(Report(coordinator, "me", 0, new HeldCell(lease.Key, lease.Epoch, 3)).Lost).Key);

        // Nothing has changed, and nobody is told.
        Assert.Equal(new CellChanged(CellChange.Pause, false), Assert.Single(coordinator.Ask(new ChangeCell(lease.Key, CellChange.Pause))));
        Assert.Equal(
            new CellChanged(CellChange.Cancel, false), Assert.Single(coordinator.Ask(new ChangeCell(new CellKey("G", "none"), CellChange.Cancel))));
        Assert.Equal([new CellChanged(CellChange.Requeue, true), new WorkAvailable()], coordinator.Ask(new ChangeCell(lease.Key, CellChange.Requeue)));
        var history = Assert.IsType<CellHistory>(Assert.Single(coordinator.Ask(new AskHistory(lease.Key))));
        Assert.Equal([CellStatus.Running, CellStatus.Cancelled, CellStatus.Queued], history.Events.Select(happened => happened.Status));
    }

    [Fact]
    public void Reports_that_come_while_others_are_answered_are_answered_together()
    {
        using (var ledger = Ledger())
        {
            ledger.Add("G", s_cells);
        }

        var role = new Rehearsal(GridCoordinator.Create(Ledger, s_lease));
        role.Tell(Done(role.Begun)!);
        var first = role.Tell(new WorkerReport(1, "a", "G", 1, []));
        Assert.Empty(role.Tell(new WorkerReport(2, "b", "G", 1, [])));
        Assert.Empty(role.Tell(new WorkerReport(3, "c", null, 2, [])));
        var rest = role.Tell(Done(first)!);
        Assert.Equal(1, Rehearsal.Told<WorkerOrders>(rest).Number);
        var orders = Rehearsal.Messages(role.Tell(Done(rest)!)).Cast<WorkerOrders>().ToList();
        Assert.Equal([(2, 1), (3, 1)], orders.Select(order => (order.Number, order.Granted.Count)));

        // The grid was added up for the first answer; all grids together were not.
        Assert.Equal([(3, 1), (3, 3)], orders.Select(order => (order.Standing.Cells, order.Standing.Count(CellStatus.Running))));
        Done(role.End());

        static object? Done(IEnumerable<Effect> effects) => Assert.Single(effects.OfType<Run>()).Work(CancellationToken.None);
    }

    [Fact]
    public void A_page_whose_texts_would_not_fit_into_a_frame_is_shorter()
    {
        using var coordinator = new Played(Ledger);
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
    public void A_ledger_that_cannot_be_opened_is_said_and_opened_once_it_can_be()
    {
        var opens = false;
        using var coordinator = new Played(() => opens ? Ledger() : throw new GridStoreException("no server"));
        Assert.Equal(new LedgerUnavailable("no server"), Assert.Single(coordinator.Ask(new WorkerReport(4, "me", null, 1, []))));
        Assert.Equal(new LedgerUnavailable("no server"), Assert.Single(coordinator.Ask(new ListCells(null, 0, 1))));
        opens = true;
        Assert.Contains(coordinator.Ring(), message => message is WorkAvailable);
        Assert.Empty(Report(coordinator, "me", 1).Granted);
    }

    private static WorkerOrders Report(Played coordinator, string owner, int free, params HeldCell[] held) =>
        Assert.Single(coordinator.Ask(new WorkerReport(1, owner, "G", free, held)).OfType<WorkerOrders>());

    private IGridStore Ledger() => GridStores.Open(_folder["ledger"], TimeProvider.System);

    /// <summary>A coordinator whose work is done at once.</summary>
    private sealed class Played : IDisposable
    {
        private readonly Rehearsal _role;
        private object? _timer;

        public Played(Func<IGridStore> open)
        {
            _role = new Rehearsal(GridCoordinator.Create(open, s_lease));
            Do(_role.Begun);
        }

        /// <summary>Tells it a message, and gives what it tells others.</summary>
        public List<object> Ask(object message) => Do(_role.Tell(message));

        public List<object> Ring() => Ask(_timer!);

        public CellPage Page() => Assert.IsType<CellPage>(Assert.Single(Ask(new ListCells("G", 0, 100))));

        public void Dispose() => Do(_role.End());

        private List<object> Do(IReadOnlyList<Effect> effects)
        {
            var told = new List<object>();
            foreach (var effect in effects)
            {
                switch (effect)
                {
                    case Run run when Result(run) is { } result:
                        told.AddRange(Do(_role.Tell(result)));
                        break;
                    case After after:
                        _timer = after.Message;
                        break;
                    case Tell tell:
                        Assert.False(tell.To.IsNobody());
                        told.Add(tell.Message);
                        break;
                }
            }

            return told;
        }

        private static object? Result(Run run)
        {
            try
            {
                return run.Work(CancellationToken.None);
            }
            catch (GridStoreException failure) when (run.Failed?.Invoke(failure) is { } told)
            {
                return told;
            }
        }
    }
}

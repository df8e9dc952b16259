using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;

namespace PlaNet.Tests.Cluster;

/// <summary>The contract that every grid store has to meet.</summary>
[Collection(nameof(Alone))]
public sealed class GridStoreTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);

    [Theory]
    [MemberData(nameof(StorePlace.Kinds), MemberType = typeof(StorePlace))]
    public void Any_sequence_of_changes_gives_the_same_state_as_the_reference(string kind)
    {
        // The kind of change, the ticket or cell that it concerns, and a number with it.
        var change = Gen.Choose(0, 9)
            .SelectMany(_ => Gen.Choose(0, 5), (what, which) => (what, which))
            .SelectMany(_ => Gen.Choose(-20, 40), (pair, number) => (pair.what, pair.which, number));
        var changes = Gen.ArrayOf(change).Where(list => list.Length > 4).ToArbitrary();
        using var place = StorePlace.Of(kind, server);
        var grids = 0;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(40).WithStartSize(20).WithEndSize(60).WithReplay(20181112, 41).WithQuietOnSuccess(true),
            Prop.ForAll(changes, list => ApplyAll(place, $"G{++grids}", list)));
    }

    [Theory]
    [MemberData(nameof(StorePlace.Kinds), MemberType = typeof(StorePlace))]
    public async Task Workers_that_claim_concurrently_never_get_the_same_cell(string kind)
    {
        using var place = StorePlace.Of(kind, server);
        using var first = GridStore.Open(place.Open());
        first.Add("G", Cells(100));
        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            using var own = GridStore.Open(place.Open());
            var mine = new List<string>();
            while (own.Claim($"worker {worker}", s_lease) is { } held)
            {
                mine.Add(held.Key.Name);
            }

            return mine;
        })));
        Assert.Equal(100, claims.Sum(mine => mine.Count));
        Assert.Equal(100, claims.SelectMany(mine => mine).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(StorePlace.Kinds), MemberType = typeof(StorePlace))]
    public void A_grid_is_added_once_and_its_history_is_kept(string kind)
    {
        using var place = StorePlace.Of(kind, server);
        using var store = GridStore.Open(place.Open());
        Assert.Equal(3, store.Add("G", Cells(3)));
        Assert.Equal(0, store.Add("G", Cells(3)));
        Assert.Equal(2, store.Add("G", Cells(5)));
        Assert.Equal(5, store.Add("H", Cells(5)));
        var held = store.Claim("a", s_lease, "H")!;
        Assert.Equal(new CellKey("H", "cell0"), held.Key);
        Assert.Equal(Cells(1)[0], held.Cell);
        Assert.Equal(CellStatus.Queued, store.Fail(held, "no space", 2));
        using (var again = GridStore.Open(place.Open()))
        {
            var second = again.Claim("b", s_lease, "H")!;
            Assert.Equal(2, second.Epoch);
            Assert.False(again.Complete(held));
            Assert.True(again.Complete(second));
            Assert.True(again.Complete(second));
        }

        Assert.Equal(
            ["Running a 1 ", "Queued a 1 no space", "Running b 2 no space", "Done b 2 no space"],
            store.History(held.Key).Select(happened => $"{happened.Status} {happened.Owner} {happened.Epoch} {happened.Reason}"));
        Assert.Equal((5, 10), (store.List("G").Count, store.List().Count));
        Assert.Equal((5, 10, 0), (store.Progress("G").Cells, store.Progress().Cells, store.Progress("unknown").Cells));
        Assert.Equal((5, 10), (store.Page("G", 0, 1).All, store.Page(null, 0, 1).All));
        Assert.Equal(store.List().Skip(3).Take(4).Select(row => row.Key), store.Page(null, 3, 4).Rows.Select(row => row.Key));
    }

    [Theory]
    [MemberData(nameof(StorePlace.Kinds), MemberType = typeof(StorePlace))]
    public void A_transaction_is_committed_or_rolled_back_as_a_whole(string kind)
    {
        using var place = StorePlace.Of(kind, server);
        using var store = GridStore.Open(place.Open());
        store.Add("G", Cells(3));
        var failure = new GridStoreException("no");
        Assert.Same(failure, Assert.Throws<GridStoreException>(() => store.InTransaction<int>(all =>
        {
            Assert.NotNull(all.Claim("a", s_lease));
            throw failure;
        })));
        Assert.Equal(3, store.Progress().Count(CellStatus.Queued));
        var held = store.InTransaction(all => (First: all.Claim("a", s_lease)!, Second: all.Claim("b", s_lease)!));
        Assert.Equal(("cell0", "cell1"), (held.First.Key.Name, held.Second.Key.Name));
        Assert.True(store.InTransaction(all => all.Heartbeat(held.First, 5, s_lease) && all.Complete(held.Second)));
        Assert.Equal([1, 1, 1], new[] { CellStatus.Queued, CellStatus.Running, CellStatus.Done }.Select(store.Progress().Count));
    }

    [Theory]
    [MemberData(nameof(StorePlace.Kinds), MemberType = typeof(StorePlace))]
    public void Ten_thousand_cells_list_within_a_second(string kind)
    {
        using var place = StorePlace.Of(kind, server);
        using var store = GridStore.Open(place.Open());
        store.Add("G", Cells(10_000));
        var clock = Stopwatch.StartNew();
        Assert.Equal(10_000, store.List().Count);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        clock.Restart();
        Assert.Equal(10_000, Enumerable.Range(0, 10).Sum(page => store.Page("G", page * 1000, 1000).Rows.Count));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_restarted_server_has_lost_nothing()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        using var place = StorePlace.Of("postgres", server);
        using var store = GridStore.Open(place.Open());
        store.Add("G", Cells(2));
        var held = store.Claim("a", s_lease)!;
        server.Crash();
        Assert.Throws<GridStoreException>(() => store.Heartbeat(held, 1, s_lease));
        server.Start();

        // The pool notices connections that the restart broke only one by one.
        var renewed = false;
        for (var attempt = 0; attempt < 20 && !renewed; attempt++)
        {
            try
            {
                renewed = store.Heartbeat(held, 7, s_lease);
            }
            catch (GridStoreException)
            {
            }
        }

        Assert.True(renewed);
        Assert.Equal(7, store.List()[0].State.Step);
    }

    [Theory]
    [InlineData("postgres://me:secret@db/grids")]
    [InlineData("postgres://me@db/grids?password=secret")]
    [InlineData("postgres://me@db/grids?PWD=secret")]
    [InlineData("postgres://me:1/secret@db/grids")]
    public void A_password_in_an_address_is_refused_and_not_repeated(string address)
    {
        var refusal = Assert.Throws<GridStoreException>(() => GridStores.Open(address, TimeProvider.System));
        Assert.Contains("PGPASSWORD", refusal.Message);
        Assert.DoesNotContain("secret", refusal.ToString());
    }

    [Theory]
    [InlineData("mysql://db/grids", "postgres://")]
    [InlineData("postgres://db", "names no database")]
    [InlineData("postgres://db/grids?sslmod=require", "sslmode")]
    [InlineData("postgres://db/grids?sslmode=7", "verify-full")]
    [InlineData("/proc/planet", "--store")]
    [InlineData("postgres://me@127.0.0.1:1/grids", "PGPASSWORD")]
    public void An_address_that_is_no_store_is_refused_with_a_remedy(string address, string remedy) =>
        Assert.Contains(remedy, Assert.Throws<GridStoreException>(() => GridStores.Open(address, TimeProvider.System)).Message);

    private static NewCell[] Cells(int count) =>
    [
        .. Enumerable.Range(0, count).Select(index => new NewCell(
            $"cell{index}", $"{{\"name\": \"it's {index}\"}}", ulong.MaxValue - (ulong)index, 100))
    ];

    private static bool Close((int Cells, double Fraction) a, (int Cells, double Fraction) b) =>
        a.Cells == b.Cells && Math.Abs(a.Fraction - b.Fraction) < 1e-12;

    private static void ApplyAll(StorePlace place, string grid, (int What, int Which, int Number)[] changes)
    {
        var store = GridStore.Open(place.Open());
        try
        {
            var cells = Cells(3);
            store.Add(grid, cells);
            var start = place.Time.Now;
            var reference = new ReferenceGrid(cells.Select(cell => cell.Name));
            var held = new List<(CellLease Lease, (string, int) Ticket)>();
            foreach (var (what, which, number) in changes)
            {
                var cell = cells[which % cells.Length].Name;
                var key = new CellKey(grid, cell);
                var seconds = Math.Max(number, 1);
                (CellLease Lease, (string, int) Ticket)? own = held.Count > 0 ? held[which % held.Count] : null;
                switch (what)
                {
                    case 0 or 1:
                        var claimed = store.Claim($"owner {which}", TimeSpan.FromSeconds(seconds), grid);
                        var expected = reference.Claim(seconds);
                        Assert.Equal(expected, claimed is null ? null : (claimed.Key.Name, (int)claimed.Epoch));
                        if (claimed is not null)
                        {
                            held.Insert(0, (claimed, expected!.Value));
                        }

                        break;
                    case 2 when own is { } at:
                        Assert.Equal(
                            reference.Heartbeat(at.Ticket, which, seconds),
                            store.Heartbeat(at.Lease, which, TimeSpan.FromSeconds(seconds)));
                        break;
                    case 3 when own is { } at:
                        Assert.Equal(reference.Complete(at.Ticket, 100), store.Complete(at.Lease));
                        break;
                    case 4 when own is { } at:
                        Assert.Equal(reference.Fail(at.Ticket, 2), store.Fail(at.Lease, "a reason", 2)?.ToString());
                        break;
                    case 5 when own is { } at:
                        Assert.Equal(reference.Release(at.Ticket), store.Release(at.Lease.Key, at.Lease.Owner, at.Lease.Epoch));
                        break;
                    case 6:
                        Assert.Equal(
                            number > 20 ? reference.Cancel(cell) : reference.Pause(cell),
                            number > 20 ? store.Cancel(key) : store.Pause(key));
                        break;
                    case 7:
                        Assert.Equal(reference.Requeue(cell), store.Requeue(key));
                        break;
                    case 8:
                        // The clock advances, or jumps back.
                        reference.Now += number;
                        place.Time.Now = start + TimeSpan.FromSeconds(reference.Now);
                        break;
                    case 9 when number > 30:
                        // The process is killed and restarted; its earlier leases can still be used by their tickets.
                        store.Dispose();
                        store = GridStore.Open(place.Open());
                        Assert.Equal(0, store.Add(grid, cells));
                        break;
                }

                var rows = store.List(grid);
                Assert.All(rows, row => Assert.Equal(place.Time.Now, row.ReadAt));
                Assert.Equal(
                    reference.Lines,
                    rows.Select(row => $"{row.Key.Name} {row.State.Status} {row.State.Epoch} {row.State.Failures} {row.State.Step}"));
                var progress = store.Progress(grid);
                Assert.Equal(reference.Counts, progress.Counts.Select(count => $"{count.Key} {count.Value}").Order(StringComparer.Ordinal));
                Assert.Equal((cells.Length, reference.Fraction(100)), (progress.Cells, progress.Fraction), Close);
                Assert.Equal(GridProgress.Of(rows).Left, progress.Left);
                var first = which % 4;
                var (some, all) = store.Page(grid, first, 2);
                Assert.Equal(cells.Length, all);
                Assert.Equal(rows.Skip(first).Take(2), some);
            }
        }
        finally
        {
            store.Dispose();
        }
    }
}

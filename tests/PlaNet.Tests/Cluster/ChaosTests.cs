using System.Diagnostics;
using System.Globalization;
using PlaNet.Cli;
using PlaNet.Cluster.Stores;
using PlaNet.Randomness;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Replay;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cluster;

/// <summary>
/// Three nodes and a PostgreSQL server work through a grid while they are killed, frozen past their leases, and restarted. A short round in
/// every run of the tests; PLANET_CHAOS_SECONDS=300 continues at random for so long.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ChaosTests(PostgresServer server, ITestOutputHelper log) : IClassFixture<PostgresServer>
{
    private readonly List<PlanetProcess> _nodes = [];

    private static int Seconds { get; } = int.Parse(Environment.GetEnvironmentVariable("PLANET_CHAOS_SECONDS") ?? "0", CultureInfo.InvariantCulture);

    private static TimeSpan Patience => TimeSpan.FromMinutes(3 + (Seconds / 20));

    [Fact]
    public async Task Every_run_is_done_once_and_as_if_nothing_had_happened()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        var seeds = 1 + (Seconds / 20);
        var address = server.NewDatabase();
        using var store = GridStore.Open(PostgresDatabase.At(PostgresAddress.Parse(address)));
        using var undisturbed = PlanetProcess.Start(["grid", .. SmallGrid.WordsOf(seeds), "--runs", folder["whole"], "--workers", "2"], settings);
        var (code, _, error) = await undisturbed.End(Patience);
        Assert.True(code == ExitCode.Success, error);
        var cells = SmallGrid.AddTo(store, seeds);

        PlanetProcess Node() => PlanetProcess.Start(
            ["node", "--until-done", "--workers", "1", "--store", address, "--runs", folder["disturbed"]], settings);
        try
        {
            _nodes.AddRange([Node(), Node(), Node()]);
            var random = new RandomStream(20181112);
            var clock = Stopwatch.StartNew();
            for (var round = 0; round < 3 || clock.Elapsed < TimeSpan.FromSeconds(Seconds); round++)
            {
                if (IsOver(await Until(store, rows => rows.Any(IsRunning) || IsOver(rows))))
                {
                    break;
                }

                var what = round < 3 ? round : random.NextInt32(3);
                log.WriteLine($"{clock.Elapsed.TotalSeconds:F0} s: {new[] { "kill a node", "freeze a node", "restart the server" }[what]}");
                switch (what)
                {
                    case 0 when Busy(await Until(store, _ => true)) is { } busy:
                        await busy.Node.Kill();
                        busy.Node.Dispose();
                        _nodes[_nodes.IndexOf(busy.Node)] = Node();
                        break;
                    case 1:
                        await Freeze(store);
                        break;
                    case 2:
                        server.Crash();
                        server.StartAgain();
                        break;
                }
            }

            var ends = await Task.WhenAll(_nodes.Select(node => node.End(Patience)));
            Assert.All(ends, end => Assert.True(end.Code == ExitCode.Success, end.Output + end.Error));
        }
        finally
        {
            _nodes.ForEach(node => node.Dispose());
        }

        var rows = await Until(store, IsOver);
        Assert.Equal(cells, rows.Select(row => row.Key.Name));
        Assert.All(rows, row =>
        {
            Assert.Equal((CellStatus.Done, ""), (row.State.Status, row.State.Reason));
            Assert.Single(store.History(row.Key), happened => happened.Status == CellStatus.Done);
            Assert.Equal(SmallRun.Fingerprint(folder["whole/" + row.Key.Name]), SmallRun.Fingerprint(folder["disturbed/" + row.Key.Name]));
        });
        log.WriteLine($"{rows.Count} runs, {rows.Sum(row => row.State.Epoch)} claims");
    }

    // A node that runs something stands still until somebody else has its run, or the run has ended; then it has to notice.
    private async Task Freeze(IGridStore store)
    {
        if (Busy(await Until(store, _ => true)) is { } busy)
        {
            await busy.Node.Freeze();
            await Until(store, rows => rows.Single(row => row.Key == busy.Run.Key).State.Epoch > busy.Run.State.Epoch || IsOver(rows));
            await busy.Node.Thaw();
        }
    }

    private (PlanetProcess Node, CellRow Run)? Busy(IReadOnlyList<CellRow> rows)
    {
        var pairs = from run in rows.Where(IsRunning)
                    from node in _nodes
                    where run.State.Owner.Split(':')[1] == node.Id.ToString(CultureInfo.InvariantCulture)
                    select (node, run);
        return pairs.Select(pair => ((PlanetProcess, CellRow)?)pair).FirstOrDefault();
    }

    private static bool IsRunning(CellRow row) => row.State.Status == CellStatus.Running;

    private static bool IsOver(IReadOnlyList<CellRow> rows) => rows.All(row => row.State.Status is not (CellStatus.Running or CellStatus.Queued));

    // The database tells nobody of changes, so that it is asked again and again.
    private static async Task<IReadOnlyList<CellRow>> Until(IGridStore store, Func<IReadOnlyList<CellRow>, bool> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            try
            {
                var rows = store.List();
                if (condition(rows))
                {
                    return rows;
                }
            }
            catch (GridStoreException)
            {
                // A connection of before a restart.
            }

            await beat.WaitForNextTickAsync(timeout.Token);
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using PlaNet.Cli;
using PlaNet.Cluster.Stores;
using PlaNet.Common;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cluster;

/// <summary>
/// A coordinator, three nodes and a PostgreSQL server work through a grid while they are killed, frozen past their leases, terminated,
/// restarted and disconnected. Each disturbance happens once; with PLANET_CHAOS_SECONDS=300 random ones follow until 300 s have passed.
/// </summary>
[Collection(nameof(Clusters))]
public sealed class ChaosTests(PostgresServer server, ChaosTests.UndisturbedGrid undisturbed, ITestOutputHelper log)
    : IClassFixture<PostgresServer>, IClassFixture<ChaosTests.UndisturbedGrid>
{
    private const int Nodes = 3;

    private static int Seconds { get; } = int.Parse(
        Environment.GetEnvironmentVariable("PLANET_CHAOS_SECONDS") ?? "20", CultureInfo.InvariantCulture);

    private static string[] Words { get; } = SmallGrid.WordsOf(2 + (Seconds / 20));

    private static TimeSpan TimeLimit => TimeSpan.FromMinutes(5 + (Seconds / 20));

    [Fact]
    public async Task Every_run_completes_once_with_the_result_of_an_undisturbed_grid()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        await Disturb(
            null,
            Disturbance.KillNode,
            Disturbance.RestartServer,
            Disturbance.FreezeNode,
            Disturbance.TerminateNode,
            Disturbance.KillCoordinator,
            Disturbance.FreezeCoordinator);
    }

    [Fact]
    public async Task Every_run_completes_once_between_machines_that_use_TLS_and_lose_their_network()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        Assert.SkipWhen(NetworkNamespaces.Missing is not null, NetworkNamespaces.Missing ?? "");
        using var network = new NetworkNamespaces(Nodes + 1);
        await Disturb(
            network,
            Disturbance.CutNode, Disturbance.CutCoordinator, Disturbance.KillCoordinator, Disturbance.FreezeNode, Disturbance.KillNode);
    }

    private async Task Disturb(NetworkNamespaces? network, params Disturbance[] disturbances)
    {
        using var folder = new TemporaryFolder();
        var address = server.NewDatabase();
        using var store = GridStore.Open(PostgresDatabase.At(PostgresAddress.Parse(address)));
        var clock = Stopwatch.StartNew();
        using var grid = new DisturbedGrid(folder, network, Nodes, Words, address);
        var random = new RandomStream(20181112);
        for (var round = 0; round < disturbances.Length || clock.Elapsed < TimeSpan.FromSeconds(Seconds); round++)
        {
            var rows = await store.Until(TimeLimit, now => grid.FindBusy(now) is not null || now.AreOver());
            if (grid.FindBusy(rows) is not { } busy)
            {
                log.WriteLine($"{clock.Elapsed.TotalSeconds:F0} s: the grid is over");
                break;
            }

            var what = disturbances[round < disturbances.Length ? round : random.NextInt32(disturbances.Length)];
            log.WriteLine($"{clock.Elapsed.TotalSeconds:F0} s: {what}");
            await Do(what, grid, network, store, busy.Node, busy.Run);
        }

        await grid.End(TimeLimit);
        log.WriteLine($"disturbed: {clock.Elapsed.TotalSeconds:F0} s");
        var cells = store.List();
        Assert.Equal(undisturbed.Results.Keys, cells.Select(row => row.Key.Name));
        Assert.All(cells, row =>
        {
            Assert.Equal(CellStatus.Done, row.State.Status);
            Assert.Single(store.History(row.Key), happened => happened.Status == CellStatus.Done);
            Assert.Equal(undisturbed.Results[row.Key.Name], SmallRun.Fingerprint(folder["disturbed/" + row.Key.Name]));
        });
        log.WriteLine($"{cells.Count} runs, {cells.Sum(row => row.State.Epoch)} claims");
        foreach (var failed in cells.Where(row => row.State.Failures > 0))
        {
            log.WriteLine($"{failed.Key.Name} failed and was retried: {failed.State.Reason}");
        }
    }

    private async Task Do(Disturbance what, DisturbedGrid grid, NetworkNamespaces? network, IGridStore store, int node, CellRow run)
    {
        // A frozen or disconnected process has to lose its leases, and to notice that when it is back.
        Task CellWasReclaimed() => store.Until(
            TimeLimit,
            rows => rows.Single(row => row.Key == run.Key).State is var now
                && (now.Epoch > run.State.Epoch || now.Status == CellStatus.Done));
        Task EveryLeaseExpired() => store.Until(TimeLimit, rows => rows.All(row => !row.IsRunning() || row.State.LeaseUntil <= row.ReadAt));
        switch (what)
        {
            case Disturbance.KillNode:
                await grid.KillNode(node);
                break;
            case Disturbance.TerminateNode:
                await grid.TerminateNode(node);
                break;
            case Disturbance.FreezeNode:
                await grid.Node(node).Freeze();
                await CellWasReclaimed();
                await grid.Node(node).Thaw();
                break;
            case Disturbance.CutNode:
                network!.Cut(DisturbedGrid.MachineOf(node));
                await CellWasReclaimed();
                network.Heal(DisturbedGrid.MachineOf(node));
                break;
            case Disturbance.KillCoordinator:
                await grid.KillCoordinator();
                break;
            case Disturbance.FreezeCoordinator:
                await grid.Coordinator.Freeze();
                await EveryLeaseExpired();
                await grid.Coordinator.Thaw();
                break;
            case Disturbance.CutCoordinator:
                network!.Cut(0);
                await EveryLeaseExpired();
                network.Heal(0);
                break;
            case Disturbance.RestartServer:
                server.Crash();
                server.Start();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, "There is no such disturbance.");
        }
    }

    /// <summary>The grid without disturbances, which is the same for every test.</summary>
    public sealed class UndisturbedGrid : IAsyncLifetime
    {
        /// <summary>The result of each run, in the order of the cells; empty where the tests are skipped.</summary>
        internal OrderedDictionary<string, IReadOnlyList<string>> Results { get; } = new(StringComparer.Ordinal);

        /// <inheritdoc />
        public async ValueTask InitializeAsync()
        {
            if (PostgresServer.Missing is not null)
            {
                return;
            }

            using var folder = new TemporaryFolder();
            using var grid = PlanetProcess.Start(
                ["grid", .. Words, "--runs", folder["whole"], "--workers", "2"], SmallGrid.Settings(folder));
            var (code, _, error) = await grid.End(TimeLimit);
            Assert.True(code == ExitCode.Success, error);
            foreach (var cell in SmallGrid.Cells(folder["whole"]))
            {
                Results.Add(cell, SmallRun.Fingerprint(folder["whole/" + cell]));
            }
        }

        /// <inheritdoc />
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private enum Disturbance
    {
        KillNode,
        TerminateNode,
        FreezeNode,
        CutNode,
        KillCoordinator,
        FreezeCoordinator,
        CutCoordinator,
        RestartServer,
    }
}

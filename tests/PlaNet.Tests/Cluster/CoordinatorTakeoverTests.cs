using PlaNet.Cli;
using PlaNet.Cluster.Stores;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cluster;

/// <summary>A grid whose store is a database survives the loss of its coordinator's machine.</summary>
[Collection(nameof(Clusters))]
public sealed class CoordinatorTakeoverTests(PostgresServer server, ITestOutputHelper log) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(3);

    // Akka prefers the member with the lower address: whichever of the two is killed, the other has to take over.
    [Theory]
    [InlineData("127.0.0.2", "127.0.0.3")]
    [InlineData("127.0.0.3", "127.0.0.2")]
    public async Task A_second_coordinator_takes_over_when_the_first_is_killed(string first, string second)
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder, SmallGrid.QuickRemoval);
        var address = server.NewDatabase();
        var listen = $"{first}:{FreePort.Take()}";
        string[] shared = ["--store", address, "--runs", folder["runs"], "--workers", "1"];
        using var store = GridStore.Open(PostgresDatabase.At(PostgresAddress.Parse(address)));
        using var grid = PlanetProcess.Start(["grid", .. SmallGrid.WordsOf(2), .. shared, "--listen", listen], settings);
        await grid.Printed("others join with: planet node --join " + listen);
        using var node = PlanetProcess.Start(
            ["node", "--join", listen, "--bind", $"{second}:0", "--roles", "coordinator,worker", "--until-done", .. shared], settings);

        // Wait until both run a cell.
        await store.Until(
            s_timeout,
            rows => rows.Any(row => row.IsRunning() && row.IsOf(grid.Id)) && rows.Any(row => row.IsRunning() && row.IsOf(node.Id)));
        await grid.Kill();
        var killed = TimeProvider.System.GetUtcNow();
        var (code, output, error) = await node.End(s_timeout);
        Assert.True(code == ExitCode.Success, output + error);
        Assert.Contains("nothing is left to do", output);
        log.WriteLine($"done {(TimeProvider.System.GetUtcNow() - killed).TotalSeconds:F0} s after the first coordinator was killed");
        Assert.All(store.List(), row =>
        {
            Assert.Equal((CellStatus.Done, ""), (row.State.Status, row.State.Reason));
            Assert.Single(store.History(row.Key), happened => happened.Status == CellStatus.Done);
            Assert.Equal("DONE\n", File.ReadAllText(folder[$"runs/{row.Key.Name}/state"]));
        });
        Assert.Equal(4, store.List().Count);
    }
}

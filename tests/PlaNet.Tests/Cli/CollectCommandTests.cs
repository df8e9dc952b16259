using System.Globalization;
using PlaNet.Cli;
using PlaNet.Cluster.Collection;
using PlaNet.Cluster.Stores;
using PlaNet.Runs.Exchange;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Cluster;
using PlaNet.Tests.Replay;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary><c>planet collect</c> and <c>planet train --episodes-from</c>, as processes.</summary>
[Collection(nameof(Alone))]
public sealed class CollectCommandTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    // Episodes that last long enough for something to happen to them.
    private static readonly string[] s_words = [.. SmallRun.Words.Where(word => !word.StartsWith("--set=task.action_repeat", StringComparison.Ordinal)), "--set=task.action_repeat=20"];

    [Theory]
    [MemberData(nameof(StorePlace.Kinds), MemberType = typeof(StorePlace))]
    public async Task A_run_whose_collectors_are_killed_and_frozen_ends_as_if_it_had_played_itself(string kind)
    {
        using var place = StorePlace.Of(kind, server);
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        var (alone, _, complaint) = await PlanetProcess.Run(["train", .. s_words, "--out", folder["alone"]], settings);
        Assert.True(alone == ExitCode.Success, complaint);
        using var requests = new Requests(place.Address);
        PlanetProcess Collector() => PlanetProcess.Start(["collect", "--store", place.Address], settings);
        using var train = PlanetProcess.Start(["train", .. s_words, "--out", folder["together"], "--episodes-from", place.Address], settings);

        using (var killed = Collector())
        {
            await requests.Until(killed);
            await killed.Kill();
        }

        using var frozen = Collector();
        await requests.Until(frozen);
        await frozen.Freeze();
        using var last = Collector();
        await requests.Until(last);
        await frozen.Thaw();
        if (kind == "postgres")
        {
            server.Crash();
            server.StartAgain();
        }

        var (code, _, error) = await train.End();
        Assert.True(code == ExitCode.Success, error);
        Assert.Equal(SmallRun.Fingerprint(folder["alone"]), SmallRun.Fingerprint(folder["together"]));
        Assert.Empty(SmallRun.Unfinished(folder["together"]));
        Assert.Contains("no longer ours", await Stop(frozen));
        Assert.Contains("delivered, return", await Stop(last));
    }

    [Fact]
    public async Task A_collector_ends_when_it_has_had_nothing_to_play_for_long_enough()
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = await PlanetProcess.Run(["collect", "--store", folder["store"], "--idle", "0"]);
        Assert.True(code == ExitCode.Success, error);
        Assert.Contains("0 episodes delivered", output);
    }

    [Fact]
    public async Task Runs_of_a_grid_take_episodes_from_collectors_too()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        using var collector = PlanetProcess.Start(["collect", "--store", folder["store"]], settings);
        var (code, _, error) = await PlanetProcess.Run(
            ["grid", .. SmallGrid.Words, "--runs", folder["runs"], "--workers", "2", "--episodes-from", folder["store"]], settings);
        Assert.True(code == ExitCode.Success, error);
        var said = await Stop(collector);
        foreach (var run in SmallGrid.Cells(folder["runs"]))
        {
            var state = File.ReadAllText(Path.Combine(folder["runs"], run, "state"));
            Assert.Contains("DONE", state);
        }

        Assert.Contains("12 episodes delivered", said);
    }

    [Fact]
    public async Task Who_plays_an_episode_is_shown_with_the_weights()
    {
        using var folder = new TemporaryFolder();
        using var exchange = EpisodeExchange.Open(GridStores.OpenDatabase(folder.Path, TimeProvider.System));
        var run = exchange.Offer(RunOffer.Of(SmallRun.Experiment, 3));
        var lease = TimeSpan.FromMinutes(5);
        exchange.Request(run, null, [new EpisodeRequest(0, RunStep.Collect, ActingKind.Planner, 11, 0, 0.3, 417)], lease);
        exchange.Claim("machine:42:1:2", lease);
        var (code, output, error) = await PlanetProcess.Run(["status", "--store", folder.Path]);
        Assert.True(code == ExitCode.Success, error);
        Assert.Matches(@"small/3 +machine:42 +417", output);
    }

    [Theory]
    [InlineData("collect", "--store", "postgres://me:secret@db/runs", "PGPASSWORD")]
    [InlineData("collect", "--store", "/proc/planet", "--store")]
    [InlineData("collect", "--store", "nowhere", "--idle", "-1", "--idle -1")]
    public async Task What_cannot_be_used_is_refused_with_a_remedy(params string[] words)
    {
        var (code, _, error) = await PlanetProcess.Run(words[..^1]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains(words[^1], error);
        Assert.DoesNotContain("secret", error);
    }

    private static async Task<string> Stop(PlanetProcess collector)
    {
        await collector.Interrupt();
        var (code, output, error) = await collector.End();
        Assert.True(code == ExitCode.Interrupted, error);
        return output;
    }

    /// <summary>Who plays at the moment, seen from beside.</summary>
    private sealed class Requests(string address) : IDisposable
    {
        private readonly EpisodeExchange _exchange = EpisodeExchange.Open(GridStores.OpenDatabase(address, TimeProvider.System));

        public async Task Until(PlanetProcess collector)
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            var number = collector.Id.ToString(CultureInfo.InvariantCulture);
            while (!_exchange.InPlay().Any(episode => episode.Owner.Split(':')[1] == number))
            {
                await beat.WaitForNextTickAsync(timeout.Token);
            }
        }

        public void Dispose() => _exchange.Dispose();
    }
}

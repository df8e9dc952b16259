using PlaNet.Cli;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary><c>planet train --listen</c> and <c>planet node --roles collector</c>, as processes.</summary>
[Collection(nameof(Alone))]
public sealed class CollectorCommandTests
{
    // Episodes that last long enough for something to happen to them.
    private static readonly string[] s_words = [.. SmallRun.Words.Where(word => !word.StartsWith("--set=task.action_repeat", StringComparison.Ordinal)), "--set=task.action_repeat=20"];

    [Fact]
    public async Task A_run_whose_collectors_are_killed_and_frozen_ends_as_if_it_had_played_itself()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        var (alone, _, complaint) = await PlanetProcess.Run(["train", .. s_words, "--out", folder["alone"]], settings);
        Assert.True(alone == ExitCode.Success, complaint);
        using var train = PlanetProcess.Start(["train", .. s_words, "--out", folder["together"], "--listen", "127.0.0.1:0"], settings);
        var address = AddressIn((await train.Printed("collectors join with")).Text);
        PlanetProcess Collector() => PlanetProcess.Start(["node", "--join", address, "--roles", "collector", "--runs", folder["unused"]], settings);

        using (var killed = Collector())
        {
            await killed.Printed("playing the episode");
            await killed.Kill();
        }

        // The cluster of a run has nodes and no grid.
        var (seen, status, trouble) = await PlanetProcess.Run(["status", "--join", address], settings);
        Assert.True(seen == ExitCode.Success, trouble + status);
        Assert.Contains("coordinator, run", status);
        Assert.DoesNotContain("no runs", status);
        using var frozen = Collector();
        await frozen.Printed("playing the episode");
        await frozen.Freeze();
        using var last = Collector();
        await last.Printed("playing the episode");
        await frozen.Thaw();
        var (code, output, error) = await train.End();
        Assert.True(code == ExitCode.Success, error + output);
        Assert.Equal(SmallRun.Fingerprint(folder["alone"]), SmallRun.Fingerprint(folder["together"]));
        Assert.Empty(SmallRun.Unfinished(folder["together"]));

        // It is told that its claim is lost, or the cluster has removed it before it thawed.
        Assert.Matches("what was played is dropped|no grid coordinator any more", (await frozen.End()).Output);
        var (end, said, _) = await last.End();
        Assert.Equal(ExitCode.Success, end);
        Assert.Contains("delivered, return", said);
        Assert.False(Directory.Exists(folder["unused"]));
    }

    [Fact]
    public async Task An_interrupted_collector_gives_its_episode_back_at_once_and_a_resumed_run_finds_its_collectors_again()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        string address;
        using (var train = PlanetProcess.Start(["train", .. s_words, "--out", folder["run"], "--listen", "127.0.0.1:0"], settings))
        {
            address = AddressIn((await train.Printed("collectors join with")).Text);
            using var first = PlanetProcess.Start(["node", "--join", address, "--roles", "collector"], settings);
            await first.Printed("playing the episode");
            await first.Interrupt();
            var (code, output, error) = await first.End();
            Assert.True(code == ExitCode.Interrupted, error + output);
            using var second = PlanetProcess.Start(["node", "--join", address, "--roles", "collector", "--rejoin"], settings);
            await second.Printed("delivered, return");
            await train.Kill();

            // The run's process is gone: its collectors wait for the next one at the same address.
            using var resumed = PlanetProcess.Start(["train", .. s_words, "--out", folder["run"], "--listen", address], settings);
            var (end, said, complaint) = await resumed.End();
            Assert.True(end == ExitCode.Success, complaint + said);
            Assert.Contains("joining again as a new node", (await second.End()).Output);
        }
    }

    [Fact]
    public async Task Runs_of_a_grid_take_their_episodes_from_collectors_of_its_cluster()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        string[] Grid(string runs, params string[] words) => ["grid", .. SmallGrid.Words, "--runs", folder[runs], "--workers", "2", .. words];
        var (alone, _, complaint) = await PlanetProcess.Run(Grid("alone"), settings);
        Assert.True(alone == ExitCode.Success, complaint);
        using var grid = PlanetProcess.Start(Grid("together", "--collectors", "--listen", "127.0.0.1:0"), settings);
        var address = AddressIn((await grid.Printed("others join with")).Text);
        using var collector = PlanetProcess.Start(["node", "--join", address, "--roles", "collector"], settings);
        await collector.Printed("playing the episode");
        var (seen, status, trouble) = await PlanetProcess.Run(["status", "--join", address], settings);
        Assert.True(seen == ExitCode.Success, trouble + status);
        Assert.Contains(" collector ", status);
        var (code, output, error) = await grid.End();
        Assert.True(code == ExitCode.Success, error + output);
        var (end, said, _) = await collector.End();
        Assert.Equal(ExitCode.Success, end);
        Assert.Contains("12 episodes delivered", said);
        foreach (var run in SmallGrid.Cells(folder["alone"]))
        {
            Assert.Equal(SmallRun.Fingerprint(folder["alone/" + run]), SmallRun.Fingerprint(folder["together/" + run]));
        }
    }

    [Theory]
    [InlineData("train", "--experiment", "quickstart", "--listen", "10.1.2.3:4711", "needs TLS")]
    [InlineData("train", "--experiment", "quickstart", "--listen", "127.0.0.1:0", "--join", "127.0.0.1:4711", "Give one of the two")]
    [InlineData("node", "--join", "nowhere", "--roles", "collector", "names no port")]
    public async Task What_cannot_be_used_is_refused_with_a_remedy(params string[] words)
    {
        using var folder = new TemporaryFolder();
        var (code, _, error) = await PlanetProcess.Run(words[0] == "train" ? [.. words[..^1], "--out", folder["run"]] : words[..^1]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains(words[^1], error);
    }

    private static string AddressIn(string invitation) => invitation.Split(' ')[Array.IndexOf(invitation.Split(' '), "--join") + 1];
}

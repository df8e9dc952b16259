using PlaNet.Cli;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary><c>planet train --listen</c> and <c>planet node --roles collector</c>, as processes.</summary>
[Collection(nameof(Clusters))]
public sealed class CollectorCommandTests
{
    // Episodes long enough for a collector to be killed or frozen while it plays one.
    private static readonly string[] s_words =
    [
        .. SmallRun.Words.Where(word => !word.StartsWith("--set=task.action_repeat", StringComparison.Ordinal)),
        "--set=task.action_repeat=20",
    ];

    [Fact]
    public async Task A_run_whose_collectors_are_killed_and_frozen_ends_like_one_without_collectors()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        var (aloneCode, _, aloneError) = await PlanetProcess.Run(["train", .. s_words, "--out", folder["alone"]], settings);
        Assert.True(aloneCode == ExitCode.Success, aloneError);
        using var train = PlanetProcess.Start(["train", .. s_words, "--out", folder["together"], "--listen", "127.0.0.1:0"], settings);
        var address = AddressIn((await train.Printed("collectors join with")).Text);
        PlanetProcess Collector() =>
            PlanetProcess.Start(["node", "--join", address, "--roles", "collector", "--runs", folder["unused"]], settings);

        using (var killed = Collector())
        {
            await killed.Printed("playing the episode");
            await killed.Kill();
        }

        // The cluster of a single run has nodes but no grid.
        var (statusCode, status, statusError) = await PlanetProcess.Run(["status", "--join", address], settings);
        Assert.True(statusCode == ExitCode.Success, statusError + status);
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

        // Either its claim was withdrawn, or the cluster had removed it before it thawed.
        Assert.Matches("episode dropped|has lost the grid coordinator", (await frozen.End()).Output);
        var (lastCode, lastOutput, _) = await last.End();
        Assert.Equal(ExitCode.Success, lastCode);
        Assert.Contains("delivered, return", lastOutput);
        Assert.False(Directory.Exists(folder["unused"]));
    }

    [Fact]
    public async Task An_interrupted_collector_returns_its_episode_at_once_and_collectors_rejoin_a_resumed_run()
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

            // The run's process was killed: its collectors wait for the next one at the same address.
            using var resumed = PlanetProcess.Start(["train", .. s_words, "--out", folder["run"], "--listen", address], settings);
            var (resumedCode, resumedOutput, resumedError) = await resumed.End();
            Assert.True(resumedCode == ExitCode.Success, resumedError + resumedOutput);
            Assert.Contains("joining again as a new node", (await second.End()).Output);
        }
    }

    [Fact]
    public async Task Resident_memory_of_a_collector_is_level()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        string[] words =
        [
            "train", .. SmallRun.Words, "--out", folder["run"], "--listen", "127.0.0.1:0", "--set=schedule.episodes=1000",
            "--set=schedule.collect_interval=1", "--set=evaluation.every=1000",
        ];
        using var train = PlanetProcess.Start(words, settings);
        var address = AddressIn((await train.Printed("collectors join with")).Text);
        using var collector = PlanetProcess.Start(["node", "--join", address, "--roles", "collector"], settings);
        await collector.Printed("; 15 episodes delivered");
        var early = collector.ResidentMebibytes();
        await collector.Printed("; 45 episodes delivered");
        var late = collector.ResidentMebibytes();
        await collector.Terminate();
        await train.Terminate();
        await collector.End();
        await train.End();
        Assert.True(late <= 1.2 * early, $"{early:F0} MiB after 15 episodes, {late:F0} MiB after 45");
    }

    [Fact]
    public async Task Runs_of_a_grid_take_their_episodes_from_collectors_of_its_cluster()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        string[] Grid(string runs, params string[] words) =>
            ["grid", .. SmallGrid.Words, "--runs", folder[runs], "--workers", "2", .. words];
        var (aloneCode, _, aloneError) = await PlanetProcess.Run(Grid("alone"), settings);
        Assert.True(aloneCode == ExitCode.Success, aloneError);
        using var grid = PlanetProcess.Start(Grid("together", "--collectors", "--listen", "127.0.0.1:0"), settings);
        var address = AddressIn((await grid.Printed("others join with")).Text);
        using var collector = PlanetProcess.Start(["node", "--join", address, "--roles", "collector"], settings);
        await collector.Printed("playing the episode");
        var (statusCode, status, statusError) = await PlanetProcess.Run(["status", "--join", address], settings);
        Assert.True(statusCode == ExitCode.Success, statusError + status);
        Assert.Contains(" collector ", status);
        var (code, output, error) = await grid.End();
        Assert.True(code == ExitCode.Success, error + output);
        var (collectorCode, collectorOutput, _) = await collector.End();
        Assert.Equal(ExitCode.Success, collectorCode);
        Assert.Contains("12 episodes delivered", collectorOutput);
        foreach (var run in SmallGrid.Cells(folder["alone"]))
        {
            Assert.Equal(SmallRun.Fingerprint(folder["alone/" + run]), SmallRun.Fingerprint(folder["together/" + run]));
        }
    }

    [Theory]
    [InlineData("train", "--experiment", "quickstart", "--listen", "10.1.2.3:4711", "Without TLS")]
    [InlineData("train", "--experiment", "quickstart", "--listen", "127.0.0.1:0", "--join", "127.0.0.1:4711", "Give one of the two")]
    [InlineData("node", "--join", "nowhere", "--roles", "collector", "names no port")]
    public async Task Unusable_addresses_are_refused_with_a_remedy(params string[] words)
    {
        using var folder = new TemporaryFolder();
        var (code, _, error) = await PlanetProcess.Run(words[0] == "train" ? [.. words[..^1], "--out", folder["run"]] : words[..^1]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains(words[^1], error);
    }

    private static string AddressIn(string invitation) => invitation.Split(' ')[Array.IndexOf(invitation.Split(' '), "--join") + 1];
}

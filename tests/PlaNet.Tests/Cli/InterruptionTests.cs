using PlaNet.Cli;
using PlaNet.Runs;
using PlaNet.Runs.Results;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs.Actors;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>Runs that are stopped by one signal, by several at once, and by a later one.</summary>
public sealed class InterruptionTests
{
    private const string Endless = "--set=schedule.collect_interval=100000";

    [Fact]
    public void Signals_within_a_second_count_as_one_and_a_later_one_ends_the_process()
    {
        var time = new ManualTime();
        using var interruption = new Interruption(time);
        var calls = 0;
        using var registration = interruption.AtOnce.Register(() => calls++);
        Assert.True(interruption.HandleSignal());
        Assert.True(interruption.Token.IsCancellationRequested);
        time.Advance(0.002);
        Assert.True(interruption.HandleSignal());
        time.Advance(0.998);
        Assert.True(interruption.HandleSignal());
        Assert.Equal(0, calls);
        time.Advance(0.001);
        Assert.False(interruption.HandleSignal());
        Assert.Equal(1, calls);
    }

    [Theory]
    [InlineData("INT", 1)]
    [InlineData("TERM", 1)]
    [InlineData("HUP", 1)]
    [InlineData("TERM", 3)]
    public async Task A_signal_and_its_repetitions_stop_a_run_cleanly(string signal, int times)
    {
        using var folder = new TemporaryFolder();
        using var planet = PlanetProcess.Start(["train", .. SmallRun.Words, "--out", folder["run"], Endless]);
        await planet.Logged(folder["run"], line => line.Values.ContainsKey(RunTags.Loss));
        await planet.Repeat(signal, times);
        await Stopped(planet, folder["run"]);
    }

    [Fact]
    public async Task A_signal_to_the_process_group_of_a_run_with_isolated_environments_stops_it_cleanly()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["train", .. SmallRun.Words, "--out", folder["run"], Endless, "--set=task.isolation=process"];
        using var planet = PlanetProcess.StartGroup(words);
        await planet.Logged(folder["run"], line => line.Values.ContainsKey(RunTags.Loss));
        await planet.SignalGroup("TERM");
        await Stopped(planet, folder["run"]);
    }

    [Fact]
    public async Task A_later_signal_ends_the_process_at_once_and_the_state_file_records_it()
    {
        using var folder = new TemporaryFolder();

        // Each decision takes far longer than a second, and the end of the run waits for the decision in progress.
        using var planet = PlanetProcess.Start(
        [
            "train", .. SmallRun.Words, "--out", folder["run"], "--set=schedule.collect_interval=1", "--set=planner.candidates=400000",
            "--set=planner.horizon=40", "--set=planner.iterations=50",
        ]);
        await planet.Logged(folder["run"], line => line.Values.ContainsKey(RunTags.Loss) && line.Step == 2);
        await planet.Computed(TimeSpan.FromSeconds(3));
        while (!planet.HasEnded)
        {
            await planet.Repeat("TERM", 1);
        }

        var (code, output, _) = await planet.End();
        Assert.Equal(128 + 15, code);
        Assert.DoesNotContain("everything is saved", output);
        Assert.Equal(
            "INTERRUPTED: ended at once by a second signal; the work since the newest checkpoint will be repeated\n",
            File.ReadAllText(Path.Combine(folder["run"], "state")));
    }

    [Theory]
    [InlineData("TERM", 2, "evaluate --run RUN --episodes 100000")]
    [InlineData("INT", 1, "evaluate --run RUN --episodes 100000 --random")]
    [InlineData("HUP", 2, "oracle --task cheetah_run --candidates 100000")]
    [InlineData("INT", 2, "view --task cheetah_run --steps 3 --size 4000 --out OUT/video.gif")]
    [InlineData("TERM", 1, "show --experiment planet --time")]
    public async Task A_signal_to_the_process_group_ends_a_verb_wherever_it_is(string signal, int times, string verb)
    {
        using var folder = new TemporaryFolder();
        if (verb.Contains("RUN", StringComparison.Ordinal))
        {
            SmallRun.Run(folder["run"]);
        }

        Directory.CreateDirectory(folder["out"]);
        var words = verb.Replace("RUN", folder["run"], StringComparison.Ordinal).Replace("OUT", folder["out"], StringComparison.Ordinal);
        using var planet = PlanetProcess.StartGroup(words.Split(' '));
        await planet.Computed(TimeSpan.FromSeconds(4));
        for (var sent = 0; sent < times; sent++)
        {
            await planet.SignalGroup(signal);
        }

        var (code, _, error) = await planet.End();
        Assert.Equal((ExitCode.Interrupted, "planet: interrupted\n"), (code, error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["out"]));
    }

    [Theory]
    [InlineData("TERM", "predict --run DIR --out OUT", "checkpoints/000000001/manifest.json")]
    [InlineData("INT", "check --run DIR", "checkpoints/000000001/manifest.json")]
    [InlineData("HUP", "report --runs DIR --out OUT", "metrics.jsonl")]
    [InlineData("TERM", "verify models --data DIR", "models/cartpole.json")]
    public async Task A_signal_to_the_process_group_ends_a_verb_that_reads_a_file(string signal, string verb, string file)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Named pipes are made with mkfifo.");
        using var folder = new TemporaryFolder();
        RunDirectory.Open(folder["run"], SmallRun.Experiment, 3, new Dictionary<string, string>()).Dispose();
        Directory.CreateDirectory(folder["out"]);
        Directory.CreateDirectory(Path.GetDirectoryName(folder["run/" + file])!);
        using (var make = System.Diagnostics.Process.Start("mkfifo", [folder["run/" + file]]))
        {
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        // A named pipe can be opened for writing when the verb has opened it, which then waits for its first byte.
        var words = verb.Replace("DIR", folder["run"], StringComparison.Ordinal).Replace("OUT", folder["out"], StringComparison.Ordinal);
        using var planet = PlanetProcess.StartGroup(words.Split(' '));
        var opened = Task.Run(() => new FileStream(folder["run/" + file], FileMode.Open, FileAccess.Write, FileShare.ReadWrite));
        Assert.Same(opened, await Task.WhenAny(opened, planet.End()));
        await using var pipe = await opened;
        await planet.SignalGroup(signal);
        var (code, _, error) = await planet.End();
        Assert.Equal((ExitCode.Interrupted, "planet: interrupted\n"), (code, error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["out"]));
    }

    [Fact]
    public async Task Signals_to_the_process_groups_of_a_node_and_of_its_grid_save_their_runs_and_leave_no_process()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        using var grid = PlanetProcess.StartGroup(
            ["grid", .. SmallGrid.Words, "--runs", folder["runs"], "--workers", "1", "--listen", "127.0.0.1:0", Endless], settings);
        var address = (await grid.Printed("others join with")).Text.Split(' ').SkipWhile(word => word != "--join").ElementAt(1);
        using var node = PlanetProcess.StartGroup(["node", "--join", address, "--workers", "1", "--runs", folder["runs"]], settings);
        await grid.Printed("of them new to the store");
        var cells = SmallGrid.Cells(folder["runs"]);
        foreach (var cell in cells)
        {
            await grid.Logged(folder["runs/" + cell], line => line.Values.ContainsKey(RunTags.Loss));
        }

        await node.SignalGroup("INT");
        var (code, output, error) = await node.End();
        Assert.Equal((ExitCode.Interrupted, ""), (code, error));
        Assert.Contains("interrupted, everything is saved", output);
        Assert.Single(cells, cell => File.ReadAllText(folder[$"runs/{cell}/state"]) == "INTERRUPTED\n");

        await grid.SignalGroup("TERM");
        await grid.SignalGroup("TERM");
        (code, output, error) = await grid.End();
        Assert.Equal((ExitCode.Interrupted, ""), (code, error));
        Assert.Contains("interrupted, everything is saved: the same command resumes it", output);
        Assert.All(cells, cell => Assert.Equal("INTERRUPTED\n", File.ReadAllText(folder[$"runs/{cell}/state"])));
        Assert.DoesNotContain(
            System.Diagnostics.Process.GetProcesses(), process => CommandOf(process.Id).Contains(folder.Path, StringComparison.Ordinal));
    }

    private static string CommandOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static async Task Stopped(PlanetProcess planet, string run)
    {
        var (code, output, error) = await planet.End();
        Assert.Equal((ExitCode.Interrupted, ""), (code, error));
        Assert.Contains("interrupted, everything is saved: the same command resumes it", output);
        Assert.Equal("INTERRUPTED\n", File.ReadAllText(Path.Combine(run, "state")));
        Assert.Empty(SmallRun.Unfinished(run));
    }
}

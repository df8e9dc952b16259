using PlaNet.Cli;
using PlaNet.Runs.Results;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs.Actors;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>How a run is stopped from outside: by a signal, by several at once, by a later one.</summary>
public sealed class InterruptionTests
{
    private const string Forever = "--set=schedule.collect_interval=100000";

    [Fact]
    public void Signals_within_a_second_are_one_wish_and_a_later_one_ends_the_process()
    {
        var time = new ManualTime();
        using var interruption = new Interruption(time);
        var said = 0;
        using var words = interruption.AtOnce.Register(() => said++);
        Assert.True(interruption.Hear());
        Assert.True(interruption.Token.IsCancellationRequested);
        time.Advance(0.002);
        Assert.True(interruption.Hear());
        time.Advance(0.998);
        Assert.True(interruption.Hear());
        Assert.Equal(0, said);
        time.Advance(0.001);
        Assert.False(interruption.Hear());
        Assert.Equal(1, said);
    }

    [Theory]
    [InlineData("INT", 1)]
    [InlineData("TERM", 1)]
    [InlineData("HUP", 1)]
    [InlineData("TERM", 3)]
    public async Task A_signal_and_its_repetitions_stop_a_run_in_order(string signal, int times)
    {
        using var folder = new TemporaryFolder();
        using var planet = PlanetProcess.Start(["train", .. SmallRun.Words, "--out", folder["run"], Forever]);
        await planet.Logged(folder["run"], line => line.Values.ContainsKey(RunTags.Loss));
        await planet.Repeat(signal, times);
        await Stopped(planet, folder["run"]);
    }

    [Fact]
    public async Task A_signal_to_the_whole_group_of_a_run_with_processes_of_its_own_stops_it_in_order()
    {
        using var folder = new TemporaryFolder();
        using var planet = PlanetProcess.StartGroup(["train", .. SmallRun.Words, "--out", folder["run"], Forever, "--set=task.isolation=process"]);
        await planet.Logged(folder["run"], line => line.Values.ContainsKey(RunTags.Loss));
        await planet.SignalGroup("TERM");
        await Stopped(planet, folder["run"]);
    }

    [Fact]
    public async Task A_later_signal_ends_the_process_at_once_and_the_state_says_so()
    {
        using var folder = new TemporaryFolder();

        // A decision that takes far longer than a second: what still computes is waited for when everything else has ended.
        using var planet = PlanetProcess.Start(
        [
            "train", .. SmallRun.Words, "--out", folder["run"], "--set=schedule.collect_interval=1", "--set=planner.candidates=400000", "--set=planner.horizon=40",
            "--set=planner.iterations=50",
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
        Assert.Equal("INTERRUPTED: ended at once by a second signal; what was done since the newest checkpoint is done again\n", File.ReadAllText(Path.Combine(folder["run"], "state")));
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

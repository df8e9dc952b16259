using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

public sealed class OverlappedRunTests
{
    private static readonly Experiment s_overlapped = SmallRun.Experiment with
    {
        Schedule = SmallRun.Experiment.Schedule with { Order = ScheduleOrder.Overlapped, Episodes = 7, Lag = 2, Environments = 2 },
    };

    [Fact]
    public void An_overlapped_run_reaches_the_counts_of_lockstep_and_every_episode_records_its_weights_version()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["run"], experiment: s_overlapped);
        Assert.True(complete);
        Assert.Equal(new RunProgress(2, 1, 16, 5, 3), events[^1].Progress);
        Assert.All(events.OfType<EvaluationDone>(), evaluation =>
            Assert.EndsWith($"-{evaluation.Evaluated.Episodes:D5}.gif", evaluation.Video, StringComparison.Ordinal));
        var store = EpisodeStore.Open(Path.Combine(folder["run"], "episodes", "train"), 1 << 24, readOnly: true);
        var versions = store.List()
            .Select(entry => store.Load(entry.Name).WeightsVersion)
            .Where(version => version is not null)
            .Order()
            .ToArray();

        // An episode is collected at the earliest when lockstep would collect it, and at most lag + 1 episodes later.
        Assert.Equal(5, versions.Length);
        Assert.All(
            versions.Index(),
            version => Assert.InRange((int)version.Item!.Value, ((version.Index + 1) * 3) + 1, ((version.Index + 1 + 3) * 3) + 1));
        Assert.Empty(SmallRun.Unfinished(folder["run"]));
    }

    [Fact]
    public void Updates_are_done_while_an_episode_is_collected()
    {
        using var folder = new TemporaryFolder();
        var collecting = false;
        var during = 0;
        SmallRun.Run(
            folder["run"],
            (happened, _) =>
            {
                collecting = happened switch
                {
                    DecisionMade { Step: RunStep.Collect } => true,
                    EpisodeCollected => false,
                    _ => collecting,
                };
                during += collecting && happened is UpdateDone ? 1 : 0;
            },
            s_overlapped with { Planner = s_overlapped.Planner with { Candidates = 400 } });
        Assert.True(during > 0);
    }

    [Fact]
    public void An_overlapped_run_that_is_interrupted_keeps_its_episodes_and_resumes_to_the_same_counts()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (happened is DecisionMade { Step: RunStep.Collect, Decision: 2 } && happened.Progress.Collected == 2)
                {
                    interrupt.Cancel();
                }
            },
            s_overlapped);
        Assert.False(complete);
        Assert.IsType<CheckpointSaved>(events[^1]);
        Assert.Equal(4, Directory.GetFiles(Path.Combine(folder["run"], "episodes", "train")).Length);

        var (resumed, rest) = SmallRun.Run(folder["run"], experiment: s_overlapped);
        Assert.True(resumed);
        Assert.Equal(4, Assert.IsType<RunStarted>(rest[0]).Progress.Episodes);
        Assert.Equal(new RunProgress(2, 1, 16, 5, 3), rest[^1].Progress);
    }
}

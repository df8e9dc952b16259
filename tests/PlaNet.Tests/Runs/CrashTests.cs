using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Faults;
using PlaNet.Telemetry;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>Whole small runs with a crash at each fault point: what is reported, and what is kept.</summary>
public sealed class CrashTests
{
    /// <summary>A fault in the middle of the run, the source of the incident, and a part of its message.</summary>
    public static TheoryData<string, string, string> Crashes => new()
    {
        { "learner.update@3=crash", "learner", "The learner was replaced: the run resumes from " },
        { "learner.publish@2=crash", "learner", "The learner was replaced: the run resumes from " },
        { "replay.sample@3=crash", "replay", "The replay was replaced" },
        { "replay.append@3=crash", "replay", "The replay was replaced" },
        { "env.reset@3=crash", "environment-0", "1 unfinished episodes were dropped and are played again" },
        { "env.step@19=crash", "environment-0", "1 unfinished episodes were dropped and are played again" },
        { "planner.decide@19=crash", "planner", "1 unfinished episodes were dropped and are played again" },
        { "collector.episode@3=crash", "collector", "The role collector was replaced: 1 unfinished episodes" },
        { "evaluator.evaluate@1=crash", "evaluator", "The evaluator was replaced: the evaluation is repeated" },
        { "evaluator.reset@1=crash", "evaluator", "The evaluator was replaced: the evaluation is repeated" },
        { "evaluator.step@5=crash", "evaluator", "The evaluator was replaced: the evaluation is repeated" },
        { "metrics.write@6=crash", "fault/metrics.write", "metrics.write@6=crash was injected" },
        { "supervisor.step@9=crash", "supervisor", "The run supervisor was replaced" },
        { "checkpoint.write@3=crash", "learner", "The learner was replaced: the run resumes from " },
        { "metrics.write@6=torn", "fault/metrics.write", "metrics.write@6=torn was injected" },
    };

    [Theory]
    [MemberData(nameof(Crashes))]
    public void A_crashed_role_is_replaced_and_the_run_ends_like_an_undisturbed_one(string fault, string source, string message)
    {
        using var folder = new TemporaryFolder();
        RunWithFault(folder, fault, source, message);
    }

    [Fact]
    public void A_torn_checkpoint_is_named_and_the_one_before_it_is_used()
    {
        using var folder = new TemporaryFolder();
        var events = RunWithFault(folder, "checkpoint.write@3=torn", "learner", "The learner was replaced: the run resumes from ");
        var torn = Path.Combine(folder["run"], "checkpoints", "000000006");
        Assert.Contains(
            events,
            happened => happened is RunWarning warning
                && warning.Message.Contains($"The checkpoint {torn} is damaged", StringComparison.Ordinal));
        var again = events.OfType<RunStarted>().ElementAt(1);
        Assert.Equal(Path.Combine(folder["run"], "checkpoints", "000000002"), again.Checkpoint);
    }

    [Fact]
    public void A_torn_episode_is_named_left_alone_and_played_again()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: "replay.append@3=torn");
        Assert.True(complete);
        var warning = Assert.Single(
            events.OfType<RunWarning>(), warning => warning.Message.Contains(" is not used: ", StringComparison.Ordinal)).Message;

        // An episode that is played again within the same second has the same name and replaces the torn file.
        foreach (var torn in EpisodeStore.Open(folder["run/episodes/train"], 0, readOnly: true).Skipped)
        {
            Assert.Contains(torn.FileName, warning, StringComparison.Ordinal);
            File.Delete(Path.Combine(folder["run/episodes/train"], torn.FileName));
        }

        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void A_crashed_role_is_replaced_in_the_overlapped_schedule_and_the_run_completes()
    {
        using var folder = new TemporaryFolder();
        var overlapped = SmallRun.Experiment with
        {
            Schedule = SmallRun.Experiment.Schedule with { Order = ScheduleOrder.Overlapped, Environments = 2 },
        };
        var (complete, events) = SmallRun.Run(
            folder["run"],
            experiment: overlapped,
            faults: "learner.update@6=crash,replay.sample@3=crash,env.step@27=crash,planner.decide@20=crash,evaluator.evaluate@1=crash,learner.update@9=nan");
        Assert.True(complete);
        Assert.Equal(6, events.OfType<RunIncident>().Count(incident => incident.Source.StartsWith("fault/", StringComparison.Ordinal)));
        Assert.Equal(5, events[^1].Progress.Episodes);
    }

    // Runs with a fault and checks that it is reported and that the result is that of an undisturbed run.
    private static IReadOnlyList<RunEvent> RunWithFault(TemporaryFolder folder, string fault, string source, string message)
    {
        var (complete, events) = SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: fault);
        Assert.True(complete);
        Assert.Contains(
            events,
            happened => happened is RunWarning warning
                && warning.Message.Contains($"injecting the fault {fault}", StringComparison.Ordinal));
        Assert.Contains(
            events,
            happened => happened is RunIncident incident
                && incident.Source == source && incident.Message.Contains(message, StringComparison.Ordinal));
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
        Assert.Empty(SmallRun.Unfinished(folder["run"]));

        var recorded = MetricsLog.Read(folder["run/metrics.jsonl"]).SelectMany(line => line.Values.Keys).ToArray();
        Assert.Contains($"incidents/fault/{Fault.Parse(fault).Point}", recorded);
        Assert.Contains($"incidents/{source}", recorded);
        return events;
    }
}

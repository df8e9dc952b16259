using PlaNet.Actors;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Telemetry;
using PlaNet.Tests.Replay;
using PlaNet.Torch;
using PlaNet.Training;
using PlaNet.Training.FaultInjection;

namespace PlaNet.Tests.Runs;

/// <summary>What is seen of a fault at each point, and what is kept, in whole small runs.</summary>
public sealed class FaultPointTests
{
    /// <summary>A fault in the middle of the run, who is replaced, and what is said about it.</summary>
    public static TheoryData<string, string, string> Crashes => new()
    {
        { "learner.update@3=crash", "learner", "The learner was replaced: the run goes on from " },
        { "learner.publish@2=crash", "learner", "The learner was replaced: the run goes on from " },
        { "replay.sample@3=crash", "replay", "The replay was replaced" },
        { "replay.append@3=crash", "replay", "The replay was replaced" },
        { "env.reset@3=crash", "environment-0", "1 half-played episodes were dropped and begin again" },
        { "env.step@19=crash", "environment-0", "1 half-played episodes were dropped and begin again" },
        { "planner.decide@19=crash", "planner", "1 half-played episodes were dropped and begin again" },
        { "collector.episode@3=crash", "collector", "The collector was replaced: 1 half-played episodes" },
        { "evaluator.evaluate@1=crash", "evaluator", "The evaluator was replaced: the evaluation begins again" },
        { "evaluator.reset@1=crash", "evaluator", "The evaluator was replaced: the evaluation begins again" },
        { "evaluator.step@5=crash", "evaluator", "The evaluator was replaced: the evaluation begins again" },
        { "metrics.write@6=crash", "fault/metrics.write", "metrics.write@6=crash was injected" },
        { "supervisor.step@9=crash", "supervisor", "The run supervisor was replaced" },
        { "checkpoint.write@3=crash", "learner", "The learner was replaced: the run goes on from " },
        { "checkpoint.write@3=torn", "learner", "The learner was replaced: the run goes on from " },
        { "metrics.write@6=torn", "fault/metrics.write", "metrics.write@6=torn was injected" },
    };

    [Theory]
    [MemberData(nameof(Crashes))]
    public void Who_crashes_is_replaced_and_the_run_ends_as_if_nothing_had_happened(string fault, string who, string said)
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: fault);
        Assert.True(complete);
        Assert.Contains(events, happened => happened is RunWarning warning && warning.Message.Contains($"now comes the injected fault {fault}", StringComparison.Ordinal));
        Assert.Contains(events, happened => happened is RunIncident incident && incident.Who == who && incident.Message.Contains(said, StringComparison.Ordinal));
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
        Assert.Empty(SmallRun.Unfinished(folder["run"]));

        var recorded = MetricsLog.Read(folder["run/metrics.jsonl"]).SelectMany(line => line.Values.Keys).ToArray();
        Assert.Contains($"incidents/fault/{Fault.Parse(fault).Point}", recorded);
        Assert.Contains($"incidents/{who}", recorded);
    }

    [Fact]
    public void A_torn_checkpoint_is_named_and_the_one_before_it_is_used()
    {
        using var folder = new TemporaryFolder();
        var (_, events) = SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: "checkpoint.write@3=torn");
        var torn = Path.Combine(folder["run"], "checkpoints", "000000006");
        Assert.Contains(events, happened => happened is RunWarning warning && warning.Message.Contains($"The checkpoint {torn} is damaged", StringComparison.Ordinal));
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

        // Played again within the same second it has the same name, and takes the torn one's place.
        foreach (var torn in EpisodeStore.Open(folder["run/episodes/train"], 0, readOnly: true).Skipped)
        {
            Assert.Contains(torn.FileName, warning, StringComparison.Ordinal);
            File.Delete(Path.Combine(folder["run/episodes/train"], torn.FileName));
        }

        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    [Theory]
    [InlineData("env.reset@3=hang", "environment-0", "1 half-played")]
    [InlineData("env.step@19=hang", "environment-0", "1 half-played")]
    [InlineData("evaluator.reset@1=hang", "evaluator", "the evaluation begins again")]
    [InlineData("evaluator.step@5=hang", "evaluator", "the evaluation begins again")]
    public void An_environment_that_hangs_is_found_out_and_replaced(string fault, string who, string said)
    {
        using var folder = new TemporaryFolder();
        var time = new Patience();
        var (complete, events) = RunTo(fault, folder["run"], _ => time.RunOut(), time);
        Assert.True(complete);
        Assert.Contains(events, happened => happened is RunWarning warning && warning.Message.Contains("no answer within 60 s (environment_timeout_seconds", StringComparison.Ordinal)
            && warning.Message.Contains($"left alone, number 1 of {who}.", StringComparison.Ordinal));
        Assert.Contains(events, happened => happened is RunIncident incident && incident.Who == who && incident.Message.Contains(said, StringComparison.Ordinal));
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    public static TheoryData<string> Hangs =>
    [
        "learner.update@3=hang", "learner.publish@2=hang", "replay.sample@3=hang", "replay.append@3=hang", "env.reset@3=hang", "env.step@19=hang",
        "planner.decide@19=hang", "collector.episode@3=hang", "evaluator.evaluate@1=hang", "evaluator.reset@1=hang", "evaluator.step@5=hang",
        "metrics.write@6=hang", "supervisor.step@9=hang", "checkpoint.write@3=hang",
    ];

    [Theory]
    [MemberData(nameof(Hangs))]
    public void What_hangs_ends_with_an_interruption_and_the_run_goes_on_as_if_nothing_had_happened(string fault)
    {
        using var folder = new TemporaryFolder();
        var (complete, _) = RunTo(fault, folder["run"], interrupt => interrupt.Cancel());
        Assert.False(complete);
        Assert.Empty(SmallRun.Unfinished(folder["run"]));
        Assert.True(SmallRun.Run(folder["run"], experiment: ShortRun.Experiment).Complete);
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    [Theory]
    [InlineData("checkpoint.write@3=disk-full")]
    [InlineData("replay.append@3=disk-full")]
    [InlineData("metrics.write@6=disk-full")]
    public void A_full_disk_ends_the_run_and_harms_nothing_that_was_saved(string fault)
    {
        using var folder = new TemporaryFolder();
        var full = Assert.ThrowsAny<IOException>(() => SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: fault));
        Assert.Contains("No space left on device", full.Message, StringComparison.Ordinal);
        Assert.Equal(["000000001", "000000002"], Directory.GetDirectories(folder["run/checkpoints"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(SmallRun.Unfinished(folder["run"]));

        var (complete, events) = SmallRun.Run(folder["run"], experiment: ShortRun.Experiment);
        Assert.True(complete);
        Assert.DoesNotContain(events, happened => happened is RunWarning);
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    /// <summary>Who fails once more often than the budget of one restart allows, and what the run ends with.</summary>
    public static TheoryData<string, string> Budgets => new()
    {
        { "learner.update@3=crash,learner.update@4=crash", "/run/learner" },
        { "learner.publish@2=crash,learner.publish@3=crash", "/run/learner" },
        { "replay.sample@3=crash,replay.sample@4=crash", "/run/replay" },
        { "replay.append@3=crash,replay.append@4=crash", "/run/replay" },
        { "env.reset@3=crash,env.reset@4=crash", "/run/collector/environment-0" },
        { "env.step@19=crash,env.step@20=crash", "/run/collector/environment-0" },
        { "planner.decide@19=crash,planner.decide@20=crash", "/run/collector/planner" },
        { "collector.episode@3=crash,collector.episode@4=crash", "/run/collector" },
        { "evaluator.evaluate@1=crash,evaluator.evaluate@2=crash", "/run/evaluator" },
        { "evaluator.step@5=crash,evaluator.step@6=crash", "/run/evaluator" },
        { "metrics.write@6=crash,metrics.write@7=crash", "/run/metrics" },
        { "supervisor.step@9=crash,supervisor.step@10=crash", "/run" },
        { "checkpoint.write@3=crash,checkpoint.write@4=crash", "/run/learner" },
    };

    [Theory]
    [MemberData(nameof(Budgets))]
    public void Who_crashes_too_often_ends_the_run_and_the_same_command_goes_on(string faults, string role)
    {
        using var folder = new TemporaryFolder();
        var once = new ActorSettings { Supervision = SmallRun.Impatient.Supervision with { MaxRestarts = 1 } };
        var failure = Assert.Throws<RoleFailedException>(() => SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: faults, actors: once));
        Assert.StartsWith($"{role} failed more often than supervision.max_restarts allows, at last with: the injected fault ", failure.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetDirectories(folder["run/checkpoints"]));
        Assert.Empty(SmallRun.Unfinished(folder["run"]));

        Assert.True(SmallRun.Run(folder["run"], experiment: ShortRun.Experiment).Complete);
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void A_loss_that_is_not_a_number_once_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: "learner.update@4=nan");
        Assert.True(complete);
        Assert.Contains(events, happened => happened is RunIncident { Who: "update" } incident
            && incident.Message.Contains("The run goes on from the last checkpoint, once. The batch is in ", StringComparison.Ordinal));
        Assert.DoesNotContain(events, happened => happened is RunIncident { Who: "learner" });
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void A_loss_that_is_not_a_number_twice_ends_the_run_with_the_batch_saved()
    {
        using var folder = new TemporaryFolder();
        var failure = Assert.Throws<NonFiniteLossException>(() => SmallRun.Run(folder["run"], experiment: ShortRun.Experiment, faults: "learner.update@4=nan,learner.update@5=nan"));
        var batch = Path.Combine(folder["run"], "refused-update-3.safetensors");
        Assert.Contains("It happened again after a restart from the last checkpoint", failure.Message, StringComparison.Ordinal);
        Assert.Contains(batch, failure.Message, StringComparison.Ordinal);
        using (var saved = Safetensors.Read(batch))
        {
            Assert.Equal([2L, 4, 64, 64, 3], saved.Tensors["image"].shape);
            Assert.Equal([2L, 4, 1], saved.Tensors["action"].shape);
            Assert.Equal([2L, 4], saved.Tensors["reward"].shape);
        }

        // The first checkpoint after the episode that was collected last is still there, and whole.
        Assert.True(Directory.Exists(folder["run/checkpoints/000000006"]));
        Assert.True(SmallRun.Run(folder["run"], experiment: ShortRun.Experiment).Complete);
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void A_role_that_a_fault_met_in_the_overlapped_schedule_is_replaced_and_the_run_completes()
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
        Assert.Equal(6, events.OfType<RunIncident>().Count(incident => incident.Who.StartsWith("fault/", StringComparison.Ordinal)));
        Assert.Equal(5, events[^1].Progress.Episodes);
    }

    // Runs with a fault, and does something when it comes.
    private static (bool Complete, IReadOnlyList<RunEvent> Events) RunTo(
        string fault, string path, Action<CancellationTokenSource> then, TimeProvider? time = null)
    {
        return SmallRun.Run(
            path,
            (happened, interrupt) =>
            {
                if (happened is RunWarning warning && warning.Message.Contains("injected fault", StringComparison.Ordinal))
                {
                    then(interrupt);
                }
            },
            ShortRun.Experiment,
            fault,
            time: time);
    }

    /// <summary>The system's clock, except that what environments are given does not run out before it is told to.</summary>
    private sealed class Patience : TimeProvider
    {
        private readonly List<Armed> _armed = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != TimeSpan.FromSeconds(new MachineSettings().EnvironmentTimeoutSeconds))
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            var timer = new Armed(this, () => callback(state));
            lock (_armed)
            {
                _armed.Add(timer);
            }

            return timer;
        }

        public void RunOut()
        {
            Armed[] armed;
            lock (_armed)
            {
                armed = [.. _armed];
            }

            Array.ForEach(armed, timer => timer.Ring());
        }

        private sealed class Armed(Patience clock, Action ring) : ITimer
        {
            public void Ring() => ring();

            public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

            public void Dispose()
            {
                lock (clock._armed)
                {
                    clock._armed.Remove(this);
                }
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}

using PlaNet.Runs;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>Whole small runs with a hang at each fault point: what is reported, and what is kept.</summary>
public sealed class HangTests
{
    [Theory]
    [InlineData("env.reset@3=hang", "environment-0", "1 unfinished")]
    [InlineData("env.step@19=hang", "environment-0", "1 unfinished")]
    [InlineData("evaluator.reset@1=hang", "evaluator", "the evaluation is repeated")]
    [InlineData("evaluator.step@5=hang", "evaluator", "the evaluation is repeated")]
    public void An_environment_that_hangs_is_detected_and_replaced(string fault, string source, string message)
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTimeouts();
        var (complete, events) = RunTo(fault, folder["run"], _ => time.Expire(), time);
        Assert.True(complete);
        Assert.Contains(events, happened => happened is RunWarning warning
            && warning.Message.Contains("did not respond within 60 s (planet.environment_timeout_seconds", StringComparison.Ordinal)
            && warning.Message.Contains($"abandoned, number 1 of {source}.", StringComparison.Ordinal));
        Assert.Contains(
            events,
            happened => happened is RunIncident incident
                && incident.Source == source && incident.Message.Contains(message, StringComparison.Ordinal));
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    public static TheoryData<string> Hangs =>
    [
        "learner.update@3=hang", "learner.publish@2=hang", "replay.sample@3=hang", "replay.append@3=hang", "env.reset@3=hang",
        "env.step@19=hang",
        "planner.decide@19=hang", "collector.episode@3=hang", "evaluator.evaluate@1=hang", "evaluator.reset@1=hang",
        "evaluator.step@5=hang",
        "metrics.write@6=hang", "supervisor.step@9=hang", "checkpoint.write@3=hang",
    ];

    [Theory]
    [MemberData(nameof(Hangs))]
    public void A_hang_ends_with_an_interruption_and_the_run_resumes_like_an_undisturbed_one(string fault)
    {
        using var folder = new TemporaryFolder();
        var (complete, _) = RunTo(fault, folder["run"], interrupt => interrupt.Cancel());
        Assert.False(complete);
        Assert.Empty(SmallRun.Unfinished(folder["run"]));
        Assert.True(SmallRun.Run(folder["run"], experiment: ShortRun.Experiment).Complete);
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));
    }

    // Runs with a fault, and calls an action when the fault fires.
    private static (bool Complete, IReadOnlyList<RunEvent> Events) RunTo(
        string fault, string path, Action<CancellationTokenSource> then, TimeProvider? time = null)
    {
        return SmallRun.Run(
            path,
            (happened, interrupt) =>
            {
                if (happened is RunWarning warning && warning.Message.Contains("injecting the fault", StringComparison.Ordinal))
                {
                    then(interrupt);
                }
            },
            ShortRun.Experiment,
            fault,
            time: time);
    }

    /// <summary>The system's clock, except that the timeouts of environments expire only on <see cref="Expire"/>.</summary>
    private sealed class ManualTimeouts : TimeProvider
    {
        private readonly List<Armed> _armed = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != TimeSpan.FromSeconds(new PlanetSettings().EnvironmentTimeoutSeconds))
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

        public void Expire()
        {
            Armed[] armed;
            lock (_armed)
            {
                armed = [.. _armed];
            }

            Array.ForEach(armed, timer => timer.Fire());
        }

        private sealed class Armed(ManualTimeouts clock, Action fire) : ITimer
        {
            public void Fire() => fire();

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

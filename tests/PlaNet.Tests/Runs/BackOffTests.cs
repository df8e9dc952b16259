using PlaNet.Runs;
using PlaNet.Runs.Results;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>The pause before a crashed role of a run restarts, on the real clock and with the default settings.</summary>
public sealed class BackOffTests
{
    private static readonly SupervisionSettings s_settings = new();

    // Timers count whole milliseconds of a coarse clock, and may fire this much early.
    private static readonly TimeSpan s_early = TimeSpan.FromMilliseconds(30);

    // For a busy machine; shorter than the longest pause.
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(20);

    /// <summary>Two consecutive crashes of a role, its actor path, and the source of the incident that reports its replacement.</summary>
    public static TheoryData<string, string, string> Roles => new()
    {
        { "supervisor.step@9=crash,supervisor.step@10=crash", "/run", "supervisor" },
        { "env.step@19=crash,env.step@20=crash", "/run/collector/environment-0", "environment-0" },
        { "planner.decide@19=crash,planner.decide@20=crash", "/run/collector/planner", "planner" },
        { "collector.episode@3=crash,collector.episode@4=crash", "/run/collector", "collector" },
        { "replay.sample@3=crash,replay.sample@4=crash", "/run/replay", "replay" },
        { "learner.update@3=crash,learner.update@4=crash", "/run/learner", "learner" },
        { "evaluator.evaluate@1=crash,evaluator.evaluate@2=crash", "/run/evaluator", "evaluator" },
        { "metrics.write@6=crash,metrics.write@7=crash", "/run/metrics", "fault/metrics.write" },
    };

    [Theory]
    [MemberData(nameof(Roles))]
    public void A_crashed_role_restarts_after_its_backoff_and_the_run_ends_like_an_undisturbed_one(
        string faults, string actor, string source)
    {
        using var folder = new TemporaryFolder();
        var clock = new RecordingTime();
        var crashes = new List<(string Message, long At)>();
        var back = 0L;
        var (complete, _) = SmallRun.Run(
            folder["run"],
            (happened, _) =>
            {
                if (happened is RunWarning warning && warning.Message.StartsWith($"{actor}#", StringComparison.Ordinal))
                {
                    crashes.Add((warning.Message, clock.GetTimestamp()));
                }
                else if (happened is RunIncident incident && incident.Source == source)
                {
                    back = clock.GetTimestamp();
                }
            },
            ShortRun.Experiment,
            faults,
            SmallRun.Supervised(s_settings),
            clock);
        Assert.True(complete);
        Assert.Equal(ShortRun.Undisturbed, SmallRun.Fingerprint(folder["run"]));

        Assert.Equal(2, crashes.Count);
        Assert.All(crashes, crash => Assert.Contains("the injected fault", crash.Message, StringComparison.Ordinal));

        // live.json has a timer of its own.
        var pauses = clock.UpTo(TimeSpan.FromSeconds(2)).Where(delay => delay != LiveFile.Interval).ToArray();
        Assert.Equal(2, pauses.Length);
        Assert.InRange(pauses[0].TotalSeconds, s_settings.MinBackoffSeconds, s_settings.MinBackoffSeconds * (1 + s_settings.Jitter));
        Assert.InRange(
            pauses[1].TotalSeconds, 2 * s_settings.MinBackoffSeconds, 2 * s_settings.MinBackoffSeconds * (1 + s_settings.Jitter));

        // The second crash and the incident show that the role was running again.
        Assert.InRange(clock.GetElapsedTime(crashes[0].At, crashes[1].At), pauses[0] - s_early, pauses[0] + s_slack);
        Assert.InRange(clock.GetElapsedTime(crashes[1].At, back), pauses[1] - s_early, pauses[1] + s_slack);
    }

    /// <summary>The system's clock, which records the delays of all timers.</summary>
    private sealed class RecordingTime : TimeProvider
    {
        private readonly List<TimeSpan> _delays = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_delays)
            {
                _delays.Add(dueTime);
            }

            return base.CreateTimer(callback, state, dueTime, period);
        }

        public IReadOnlyList<TimeSpan> UpTo(TimeSpan longest)
        {
            lock (_delays)
            {
                return [.. _delays.Where(delay => delay > TimeSpan.Zero && delay <= longest)];
            }
        }
    }
}

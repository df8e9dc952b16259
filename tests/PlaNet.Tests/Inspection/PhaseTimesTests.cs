using System.Diagnostics;
using PlaNet.Inspection;
using PlaNet.Tests.Runs;
using static TorchSharp.torch;

namespace PlaNet.Tests.Inspection;

public sealed class PhaseTimesTests
{
    private static readonly string[] s_update =
    [
        "update", "inputs", "encoder", "recurrence", "decoder", "image loss", "reward head", "backward: losses", "backward: decoder",
        "backward: recurrence", "backward: encoder", "gradient norm", "optimizer", PhaseTimes.Other,
    ];

    private static readonly string[] s_decision =
        ["decision", "encoder", "posterior", "candidates", "transitions", "reward head", "elites", PhaseTimes.Other];

    [Fact]
    public void Every_part_of_an_update_and_of_a_decision_is_timed_within_its_whole()
    {
        SmallRun.UseOneThread();
        var times = PhaseTimes.Measure(SmallRun.Experiment, actionSize: 1, CPU, rounds: 3);
        Assert.Equal(s_update, PhaseTimes.Summarise(times.Updates).Select(time => time.Name));
        Assert.Equal(s_decision, PhaseTimes.Summarise(times.Decisions).Select(time => time.Name));
        foreach (var round in times.Updates.Concat(times.Decisions).GroupBy(phase => (phase.Round, times.Updates.Contains(phase))))
        {
            var whole = Assert.Single(round, phase => phase.Depth == 0);
            Assert.All(round, phase => Assert.InRange(
                phase.Start + phase.Duration, whole.Start, whole.Start + whole.Duration + TimeSpan.FromMilliseconds(1)));
        }

        Assert.Equal([0, 1, 2], times.Updates.Select(phase => phase.Round).Distinct());
    }

    [Fact]
    public void Only_the_deepest_phases_count_and_the_rest_is_other()
    {
        var times = PhaseTimes.Summarise(
        [
            At("update", 0, 0, 10, 0), At("encoder", 0, 1, 2, 1), At("backward", 0, 4, 5, 1),
            At("backward: losses", 0, 4, 1, 2), At("backward: encoder", 0, 5, 4, 2),
        ]);
        Assert.Equal(
            [
                new("update", 10, 1), new("encoder", 2, 0.2), new("backward: losses", 1, 0.1), new("backward: encoder", 4, 0.4),
                new(PhaseTimes.Other, 3, 0.3),
            ],
            times.Select(time => time with { Share = Math.Round(time.Share, 9), Seconds = Math.Round(time.Seconds, 9) }));
    }

    [Fact]
    public void A_phase_that_repeats_is_added_up_within_a_round_and_the_median_taken_over_rounds()
    {
        var times = PhaseTimes.Summarise([.. new[] { 1.0, 2, 9 }.SelectMany((seconds, round) => new[]
        {
            At("decision", round, 100 * round, 20, 0),
            At("transitions", round, (100 * round) + 1, seconds, 1),
            At("transitions", round, (100 * round) + 11, seconds, 1),
        })]);
        Assert.Equal((20, 1), (times[0].Seconds, times[0].Share));
        Assert.Equal(4, times[1].Seconds, 9);
        Assert.Equal(0.2, times[1].Share, 9);
    }

    [Fact]
    public void A_timed_update_is_the_same_update()
    {
        SmallRun.UseOneThread();
        var batch = LearningCost.Noise(SmallRun.Experiment, actionSize: 1);
        UpdateMetrics[] Updates()
        {
            using var learner = new Learner(SmallRun.Experiment, 1, CPU, seed: 3);
            return [learner.Update(batch, seed: 1), learner.Update(batch, seed: 2)];
        }

        var untimed = Updates();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Phases.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        Assert.Equal(untimed, Updates());
    }

    private static Phase At(string name, int round, double start, double seconds, int depth) =>
        new(name, round, TimeSpan.FromSeconds(start), TimeSpan.FromSeconds(seconds), depth);
}

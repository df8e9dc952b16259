using PlaNet.Experiments;
using PlaNet.Common;
using PlaNet.Runs.Schedule;

namespace PlaNet.Tests.Runs.Schedule;

/// <summary>The overlapped schedule, simulated with random durations of updates, collections and evaluations.</summary>
public sealed class OverlapTests
{
    [Fact]
    public void For_any_durations_the_run_ends_with_the_counts_of_lockstep_and_stays_within_the_lag()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            var random = RandomStream.Fork(seed, "overlap");
            var experiment = RandomExperiment(random);
            var walked = Walk(experiment, random);
            Assert.Equal(Lockstep(experiment), walked);
        }
    }

    [Fact]
    public void Updates_continue_during_a_collection_until_it_lags_by_more_than_the_option_allows()
    {
        var experiment = SmallRun.Experiment with
        {
            Schedule = SmallRun.Experiment.Schedule with { Order = ScheduleOrder.Overlapped, Lag = 1 }
        };
        var start = new RunProgress(SeedEpisodes: 2, TestEpisodes: 1);
        Assert.True(new Overlap(experiment).MayUpdate(start));
        Assert.Equal((RunStep.Collect, 0), new Overlap(experiment).MayCollect(start));

        // The first episode is due after C + 1 = 4 updates, the second after 7.
        Assert.Equal((RunStep.Collect, 1), new Overlap(experiment).MayCollect(start with { Updates = 4 }));
        Assert.True(new Overlap(experiment).MayUpdate(start with { Updates = 6 }));
        Assert.False(new Overlap(experiment).MayUpdate(start with { Updates = 7 }));
        Assert.True(new Overlap(experiment).MayUpdate(start with { Updates = 7, Collected = 1 }));
    }

    [Fact]
    public void Nothing_is_updated_or_collected_by_the_agent_before_all_seed_and_test_episodes_exist()
    {
        var overlap = new Overlap(SmallRun.Experiment);
        Assert.False(overlap.MayUpdate(new RunProgress(SeedEpisodes: 2)));
        Assert.Equal((RunStep.CollectTestEpisode, 1), overlap.MayCollect(new RunProgress(SeedEpisodes: 2)));
        Assert.Equal((RunStep.CollectSeedEpisode, 1), overlap.MayCollect(new RunProgress(SeedEpisodes: 1, TestEpisodes: 1)));
    }

    private static Experiment RandomExperiment(RandomStream random)
    {
        int Number(int low, int high) => low + (int)(random.NextUniform(0, 1) * (high - low + 1));
        var seeds = Number(1, 3);
        var lag = Number(0, 4);
        return SmallRun.Experiment with
        {
            Schedule = new ScheduleOptions
            {
                Order = ScheduleOrder.Overlapped,
                SeedEpisodes = seeds,
                TestEpisodes = Number(0, 2),
                Episodes = seeds + Number(0, 9),
                CollectInterval = Number(1, 5),
                UpdatesAfterCollection = Number(0, 7),
                Lag = lag,
                Environments = Number(1, lag + 1),
            },
            Evaluation = SmallRun.Experiment.Evaluation with { Every = Number(1, 4) },
        };
    }

    private static RunProgress Lockstep(Experiment experiment)
    {
        var progress = new RunProgress();
        while (new RunSchedule(experiment).Next(progress) is var step && step != RunStep.Done)
        {
            progress = progress.After(step);
        }

        return progress;
    }

    private static RunProgress Walk(Experiment experiment, RandomStream random)
    {
        var schedule = experiment.Schedule;
        var overlap = new Overlap(experiment);
        var progress = new RunProgress(schedule.SeedEpisodes, schedule.TestEpisodes);
        var (updating, collecting, evaluating) = (false, 0, false);
        while (true)
        {
            updating = updating || overlap.MayUpdate(progress);
            collecting = collecting > 0 ? collecting : overlap.MayCollect(progress).Count;
            evaluating = evaluating || overlap.MayEvaluate(progress);
            if (!updating && collecting == 0 && !evaluating)
            {
                return progress;
            }

            var pick = random.NextUniform(0, 3);
            if (pick < 1 && updating)
            {
                (updating, progress) = (false, progress.After(RunStep.Update));
                var behind =
                    Math.Min(new RunSchedule(experiment).CollectionsAfter(progress.Updates), schedule.Episodes - schedule.SeedEpisodes)
                    - progress.Collected;
                Assert.InRange(behind, 0, schedule.Lag + 1);
            }
            else if (pick is >= 1 and < 2 && collecting > 0)
            {
                progress = progress with { Collected = progress.Collected + collecting };
                Assert.True(progress.Collected <= new RunSchedule(experiment).CollectionsAfter(progress.Updates));
                collecting = 0;
            }
            else if (pick >= 2 && evaluating)
            {
                (evaluating, progress) = (false, progress.After(RunStep.Evaluate));
            }
        }
    }
}

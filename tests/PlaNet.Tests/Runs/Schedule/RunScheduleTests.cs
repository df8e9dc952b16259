using PlaNet.Experiments;
using PlaNet.Runs.Schedule;

namespace PlaNet.Tests.Runs.Schedule;

public sealed class RunScheduleTests
{
    private static readonly Experiment Small = new()
    {
        Schedule = new ScheduleOptions { SeedEpisodes = 2, TestEpisodes = 1, Episodes = 5, CollectInterval = 3 },
        Evaluation = new EvaluationOptions { Every = 2 },
    };

    [Fact]
    public void Property_46_collections_after_n_updates_follow_the_original_counters()
    {
        var experiment = new Experiment { Schedule = new ScheduleOptions { CollectInterval = 100 } };
        for (var n = 0; n <= 1200; n++)
        {
            var expected = n < 101 ? 0 : Math.Max(0, 1 + (int)Math.Floor(((50.0 * (n - 1)) - 5000) / 5000));
            Assert.Equal(expected, new RunSchedule(experiment).CollectionsAfter(n));
        }
    }

    [Fact]
    public void A_run_collects_seeds_then_alternates_updates_and_collection_and_ends_with_an_evaluation()
    {
        Assert.Equal("SSTUUUUCUUUCEUUUCE", Walk(Small));
    }

    [Fact]
    public void The_last_evaluation_is_not_repeated_when_it_is_due_anyway()
    {
        Assert.Equal("SSTUUUUCUUUCE", Walk(Small with { Schedule = Small.Schedule with { Episodes = 4 } }));
    }

    [Fact]
    public void A_run_of_seed_episodes_alone_is_evaluated_once()
    {
        Assert.Equal("SSTE", Walk(Small with { Schedule = Small.Schedule with { Episodes = 2 } }));
    }

    [Theory]
    [InlineData(2, 0, "SSTE")]
    [InlineData(2, 7, "SSTUUUUUUEUE")]
    [InlineData(2, 12, "SSTUUUUUUEUUUUUUE")]
    [InlineData(4, 3, "SSTUUUUCUUUCEUUUE")]
    [InlineData(5, 3, "SSTUUUUCUUUCEUUUCUUUE")]
    [InlineData(5, 4, "SSTUUUUCUUUCEUUUCUUUEUE")]
    public void Updates_may_follow_the_collection_and_are_evaluated_as_often(int episodes, int updates, string expected)
    {
        var experiment = Small with { Schedule = Small.Schedule with { Episodes = episodes, UpdatesAfterCollection = updates } };
        Assert.Equal(expected, Walk(experiment));
        Assert.Equal(expected.Count(letter => letter == 'U'), new RunSchedule(experiment).Updates);
    }

    [Fact]
    public void The_total_number_of_updates_agrees_with_the_walk()
    {
        Assert.Equal(Walk(Small).Count(letter => letter == 'U'), new RunSchedule(Small).Updates);
    }

    [Theory]
    [InlineData("", MultiCollect.Spaced)]
    [InlineData("a,b", MultiCollect.Spaced)]
    [InlineData("a,b", MultiCollect.Dense)]
    public void The_updates_before_an_episode_are_those_after_which_it_was_collected(string others, MultiCollect collect)
    {
        var experiment = Several(others, collect);
        var progress = new RunProgress();
        while (new RunSchedule(experiment).Next(progress) is not RunStep.Done and var step)
        {
            if (step is RunStep.CollectSeedEpisode or RunStep.Collect)
            {
                Assert.Equal(progress.Updates, new RunSchedule(experiment).UpdatesBefore(progress.Episodes));
            }

            progress = progress.After(step);
        }
    }

    [Theory]
    [InlineData(0, 0, 0, 0.3)]
    [InlineData(0, 0, 1000, 0.3)]
    [InlineData(100, 0, 0, 0)]
    [InlineData(100, 0, 50, 0.15)]
    [InlineData(100, 0, 100, 0.3)]
    [InlineData(100, 0, 5000, 0.3)]
    [InlineData(100, 0.2, 10, 0.06)]
    [InlineData(-100, 0, 0, 0.3)]
    [InlineData(-100, 0, 25, 0.225)]
    [InlineData(-100, 0, 5000, 0)]
    [InlineData(-100, 0.5, 75, 0.15)]
    public void Exploration_noise_rises_or_falls_along_its_ramp(int ramp, double minimum, int updates, double expected)
    {
        var options = new ScheduleOptions { ExplorationNoise = 0.3, ExplorationNoiseRamp = ramp, ExplorationNoiseMinimum = minimum };
        Assert.Equal(expected, new RunSchedule(new Experiment { Schedule = options }).ExplorationNoise(updates), 12);
    }

    [Theory]
    [InlineData(MultiCollect.Spaced, "SSSSTTUUUUUUUCCUUUUUUCCEUUUUUUCCE")]
    [InlineData(MultiCollect.Dense, "SSSSTTUUUUCCUUUCCEUUUCCE")]
    public void Each_task_has_its_seed_and_test_episodes_and_one_episode_in_every_round(MultiCollect collect, string expected)
    {
        var experiment = Several("a", collect);
        Assert.Equal(expected, Walk(experiment));
        Assert.Equal(expected.Count(letter => letter == 'U'), new RunSchedule(experiment).Updates);
        Assert.Equal(expected.Count(letter => letter is 'S' or 'C'), new RunSchedule(experiment).Episodes);
    }

    [Fact]
    public void Six_tasks_are_collected_from_after_as_many_updates_as_in_the_original()
    {
        // The original's interval of 30,000 chunks is 600 updates: one episode of each task.
        var spaced = new Experiment { Task = new TaskOptions { Others = "a,b,c,d,e" } };
        var dense = spaced with { Schedule = spaced.Schedule with { MultiCollect = MultiCollect.Dense } };
        int[] updates = [100, 101, 600, 601, 1200, 1201];
        Assert.Equal([0, 0, 0, 6, 6, 12], updates.Select(n => new RunSchedule(spaced).CollectionsAfter(n)));
        Assert.Equal([0, 6, 30, 36, 66, 72], updates.Select(n => new RunSchedule(dense).CollectionsAfter(n)));
    }

    [Theory]
    [InlineData("", MultiCollect.Spaced)]
    [InlineData("a", MultiCollect.Dense)]
    [InlineData("a,b,c,d,e", MultiCollect.Spaced)]
    public void Every_task_gets_as_many_episodes_of_each_kind(string others, MultiCollect collect)
    {
        var experiment = Several(others, collect);
        var tasks = experiment.Task.Count;
        var counts = new Dictionary<(RunStep, int), int>();
        var progress = new RunProgress();
        while (new RunSchedule(experiment).Next(progress) is not RunStep.Done and var step)
        {
            if (step is RunStep.CollectSeedEpisode or RunStep.CollectTestEpisode or RunStep.Collect)
            {
                var index = step switch
                {
                    RunStep.CollectSeedEpisode => progress.SeedEpisodes,
                    RunStep.CollectTestEpisode => progress.TestEpisodes,
                    _ => progress.Collected,
                };
                var task = new RunSchedule(experiment).TaskOf(index);
                if (step == RunStep.Collect)
                {
                    Assert.Equal(task, new RunSchedule(experiment).TaskOf(progress.Episodes));
                }

                counts[(step, task)] = counts.GetValueOrDefault((step, task)) + 1;
            }

            progress = progress.After(step);
        }

        for (var task = 0; task < tasks; task++)
        {
            Assert.Equal(
                (2, 1, 3),
                (counts[(RunStep.CollectSeedEpisode, task)], counts[(RunStep.CollectTestEpisode, task)], counts[(RunStep.Collect, task)]));
        }

        Assert.Equal(3 * tasks, counts.Count);
    }

    [Fact]
    public void Updates_after_the_collection_of_several_tasks_are_evaluated_as_often_as_rounds()
    {
        var experiment = Several("a", MultiCollect.Spaced);
        experiment = experiment with { Schedule = experiment.Schedule with { Episodes = 2, UpdatesAfterCollection = 13 } };
        Assert.Equal("SSSSTTUUUUUUUUUUUUEUE", Walk(experiment));
    }

    [Fact]
    public void For_one_task_both_ways_to_collect_are_the_same()
    {
        Assert.Equal(Walk(Several("", MultiCollect.Spaced)), Walk(Several("", MultiCollect.Dense)));
        Assert.Equal(0, new RunSchedule(Small).TaskOf(17));
    }

    private static Experiment Several(string others, MultiCollect collect) => Small with
    {
        Task = Small.Task with { Others = others },
        Schedule = Small.Schedule with { MultiCollect = collect },
    };

    private static string Walk(Experiment experiment)
    {
        var progress = new RunProgress();
        var letters = new System.Text.StringBuilder();
        while (new RunSchedule(experiment).Next(progress) is not RunStep.Done and var step)
        {
            letters.Append(step switch
            {
                RunStep.CollectSeedEpisode => 'S',
                RunStep.CollectTestEpisode => 'T',
                RunStep.Update => 'U',
                RunStep.Collect => 'C',
                _ => 'E',
            });
            var next = progress.After(step);
            Assert.Equal(progress.Step + 1, next.Step);
            progress = next;
        }

        return letters.ToString();
    }
}

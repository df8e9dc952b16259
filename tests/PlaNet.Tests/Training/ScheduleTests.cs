using PlaNet.Experiments;
using PlaNet.Training;

namespace PlaNet.Tests.Training;

public sealed class ScheduleTests
{
    private static readonly Experiment Small = new()
    {
        Schedule = new ScheduleOptions { SeedEpisodes = 2, TestEpisodes = 1, Episodes = 5, CollectInterval = 3 },
        Evaluation = new EvaluationOptions { Every = 2 },
    };

    [Fact]
    public void Property_46_collections_after_n_updates_follow_the_original_counters()
    {
        var options = new ScheduleOptions { CollectInterval = 100 };
        for (var n = 0; n <= 1200; n++)
        {
            var expected = n < 101 ? 0 : Math.Max(0, 1 + (int)Math.Floor(((50.0 * (n - 1)) - 5000) / 5000));
            Assert.Equal(expected, Schedule.CollectionsAfter(options, n));
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

    [Fact]
    public void Updates_in_all_agree_with_the_walk()
    {
        Assert.Equal(Walk(Small).Count(letter => letter == 'U'), Schedule.UpdatesInAll(Small));
    }

    private static string Walk(Experiment experiment)
    {
        var progress = new RunProgress();
        var letters = new System.Text.StringBuilder();
        while (Schedule.Next(experiment, progress) is not RunStep.Done and var step)
        {
            letters.Append(step switch
            {
                RunStep.CollectSeedEpisode => 'S',
                RunStep.CollectTestEpisode => 'T',
                RunStep.Update => 'U',
                RunStep.Collect => 'C',
                _ => 'E',
            });
            var next = Schedule.After(progress, step);
            Assert.Equal(progress.Step + 1, next.Step);
            progress = next;
        }

        return letters.ToString();
    }
}

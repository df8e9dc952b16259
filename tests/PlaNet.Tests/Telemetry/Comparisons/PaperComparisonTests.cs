using PlaNet.Catalog;
using PlaNet.Telemetry.Comparisons;

namespace PlaNet.Tests.Telemetry.Comparisons;

public sealed class PaperComparisonTests
{
    [Fact]
    public void The_papers_configuration_after_as_many_episodes_is_comparable()
    {
        foreach (var task in Suite.Tasks.Where(task => task.Name != "cartpole_balance"))
        {
            var comparison = PaperComparison.Of(ExperimentCatalog.Find("paper_planet_" + task.Name), 1000)!;
            Assert.Equal("", comparison.Obstacle);
            Assert.Equal(("ICML Table 1", 1000), (comparison.Figure.Source.Name, comparison.Figure.Episodes));
        }
    }

    [Fact]
    public void Everything_else_is_orientation_and_says_why()
    {
        Assert.Equal("it is after 1,000 episodes", PaperComparison.Of(Paper.Planet, 975)!.Obstacle);
        Assert.Contains("model.belief_size 200 -> 120", PaperComparison.Of(CpuSized.Quickstart, 75)!.Obstacle);
        Assert.Contains(
            "model.transition rssm -> ssm",
            PaperComparison.Of(ExperimentCatalog.Find("paper_stochastic_walker_walk"), 1000)!.Obstacle);
        Assert.Contains("earlier version", PaperComparison.Of(ExperimentCatalog.Find("paper_planet_cartpole_balance"), 2000)!.Obstacle);
        Assert.False(PaperComparison.Of(Paper.Planet, null)!.IsComparable);
        Assert.Contains("fixed_start", PaperComparison.Caveat(ExperimentCatalog.Find("paper_planet_cheetah_run")));
        Assert.Equal("", PaperComparison.Caveat(Paper.Planet));
        Assert.Null(PaperComparison.Of(Paper.Planet with { Task = Paper.Planet.Task with { Name = "other" } }, 1000));
        Assert.Null(PaperComparison.Of(Paper.Planet with { Task = Paper.Planet.Task with { Command = "play" } }, 1000));
    }

    [Fact]
    public void Published_figures_are_of_the_suites_tasks_with_the_papers_action_repeats()
    {
        Assert.Equal(
            Suite.Tasks.Select(task => (task.Name, task.ActionRepeat)).Order(),
            PublishedFigures.ActionRepeats.Select(repeat => (repeat.Key, repeat.Value)).Order());
        Assert.All(PublishedFigures.All, figure => Assert.Contains(figure.Task, PublishedFigures.ActionRepeats.Keys));
        Assert.All(PublishedFigures.All, figure => Assert.InRange(figure.Score, 0, 1000));
        Assert.Equal(
            [
                ("cartpole_swingup", 821.0), ("reacher_easy", 832), ("cheetah_run", 662), ("finger_spin", 700), ("cup_catch", 930),
                ("walker_walk", 951), ("cartpole_balance", 986)
            ],
            new[] { "cartpole_swingup", "reacher_easy", "cheetah_run", "finger_spin", "cup_catch", "walker_walk", "cartpole_balance" }
                .Select(task => (task, PublishedFigures.OfPlanet(task)!.Score)));
    }
}

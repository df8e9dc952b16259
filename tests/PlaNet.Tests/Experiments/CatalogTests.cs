using PlaNet.Catalog;
using PlaNet.Environments;
using PlaNet.Experiments;

namespace PlaNet.Tests.Experiments;

public sealed class CatalogTests
{
    [Fact]
    public void Every_experiment_is_valid_described_and_found_by_its_name()
    {
        Assert.Equal(ExperimentCatalog.All.Count, ExperimentCatalog.All.Select(experiment => experiment.Name).Distinct().Count());
        Assert.All(ExperimentCatalog.All, experiment =>
        {
            Assert.Empty(ExperimentValidation.Validate(experiment));
            Assert.NotEmpty(experiment.Description);
            Assert.Same(experiment, ExperimentCatalog.Find(experiment.Name));
        });
    }

    [Fact]
    public void The_paper_s_experiment_is_the_defaults() => Assert.Empty(ExperimentDiff.Between(new Experiment(), Paper.Planet));

    [Fact]
    public void The_tasks_of_the_suite_are_registered_and_repeat_their_actions_as_the_registry_says() => Assert.All(
        Suite.Tasks, task => Assert.Equal(task.ActionRepeat, TaskRegistry.Find(task.Name).ActionRepeat));

    [Fact]
    public void Each_grid_holds_each_variant_on_each_task() => Assert.All(ExperimentCatalog.Grids, grid => Assert.Equal(
        grid.Variants.SelectMany(variant => Suite.Tasks.Select(task => $"{grid.Size}_{variant.Name}_{task.Name}")),
        grid.Experiments.Select(experiment => experiment.Name)));

    [Fact]
    public void No_two_experiments_of_a_grid_are_the_same_under_two_names() => Assert.All(ExperimentCatalog.Grids, grid =>
        Assert.Equal(grid.Experiments.Count, grid.Experiments.Select(ExperimentHash.Of).Distinct().Count()));

    [Fact]
    public void The_base_variant_on_cartpole_swingup_equals_the_preset_of_the_same_name()
    {
        Assert.Empty(ExperimentDiff.Between(Paper.Planet, ExperimentCatalog.Find("paper_planet_cartpole_swingup")));
        Assert.Empty(ExperimentDiff.Between(CpuSized.Small, ExperimentCatalog.Find("cpu_planet_cartpole_swingup")));
        Assert.All(
            Paper.Presets,
            preset => Assert.Empty(ExperimentDiff.Between(preset, ExperimentCatalog.Find($"paper_{preset.Name}_cartpole_swingup"))));
    }

    [Fact]
    public void The_laptop_s_agent_is_that_of_quickstart_and_has_as_many_updates_for_a_decision_on_every_task()
    {
        Assert.Empty(ExperimentDiff.Between(CpuSized.Quickstart, ExperimentCatalog.Find("laptop_cartpole_swingup")));
        Assert.All(Suite.Tasks, task =>
        {
            var experiment = ExperimentCatalog.Find($"laptop_{task.Name}");
            var start = CpuSized.Quickstart;
            Assert.Equal(
                (double)start.Schedule.CollectInterval / start.Task.Decisions,
                (double)experiment.Schedule.CollectInterval / experiment.Task.Decisions);
            Assert.Equal(start.Model, experiment.Model);
            Assert.Equal(start.Planner, experiment.Planner);
        });
    }

    [Theory]
    [InlineData("planet", 4)]
    [InlineData("icml_text", 4)]
    [InlineData("distill", 6)]
    [InlineData("kaixhin", 6)]
    public void The_action_repeat_of_cup_catch_is_that_of_each_source(string variant, int repeat) =>
        Assert.Equal(repeat, ExperimentCatalog.Find($"paper_{variant}_cup_catch").Task.ActionRepeat);

    [Theory]
    [InlineData("paper_all_tasks", "planet")]
    [InlineData("cpu_all_tasks", "small")]
    public void One_agent_learns_the_papers_six_tasks_in_both_sizes(string name, string size)
    {
        var experiment = ExperimentCatalog.Find(name);
        var alone = ExperimentCatalog.Find(size);
        Assert.Equal("cartpole_swingup", experiment.Task.Name);
        Assert.Equal("reacher_easy:4,cheetah_run:4,finger_spin:2,cup_catch:4,walker_walk:2", experiment.Task.Others);
        Assert.Equal(alone.Model, experiment.Model);
        Assert.Equal(alone.Task, experiment.Task with { Others = "" });
        Assert.Equal(600, new PlaNet.Runs.Schedule.RunSchedule(experiment).RoundInterval);
        Assert.Equal(6, PlaNet.Runs.Playing.Tasks.Describe(experiment.Task).Action.Size);
    }

    [Theory]
    [InlineData("quikstart", "quickstart")]
    [InlineData("plan", "planet")]
    [InlineData("Planet", "planet")]
    public void A_mistyped_name_is_refused_with_the_nearest_one(string typed, string nearest) =>
        Assert.Contains($"did you mean {nearest}?", Assert.Throws<ExperimentException>(() => ExperimentCatalog.Find(typed)).Message);
}

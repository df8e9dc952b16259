using PlaNet.Experiments;

namespace PlaNet.Tests.Experiments;

public sealed class ExperimentValidationTests
{
    [Fact]
    public void Every_number_has_a_range() =>
        Assert.All(
            ExperimentOptions.All.Where(option => option.ValueType == typeof(int) || option.ValueType == typeof(double)),
            option => Assert.NotNull(option.Rule));

    [Fact]
    public void Every_default_satisfies_its_rule() =>
        Assert.All(
            ExperimentOptions.All.Where(option => option.Rule is not null),
            option => Assert.True(option.Rule!.Allows(option.Default), option.Path));

    [Fact]
    public void The_bounds_of_each_range_are_allowed_or_refused_as_its_text_says()
    {
        foreach (var option in ExperimentOptions.All)
        {
            if (option.Rule is not PlaNet.Experiments.Rules.InRangeAttribute range)
            {
                continue;
            }

            Assert.Equal(range.Text.StartsWith("at least", StringComparison.Ordinal), range.Allows(range.Minimum));
            Assert.False(range.Allows(Math.BitDecrement(range.Minimum)), option.Path);
            Assert.False(range.Allows(double.NaN), option.Path);
            Assert.False(range.Allows(double.PositiveInfinity), option.Path);
            if (double.IsFinite(range.Maximum))
            {
                Assert.Equal(range.Text.Contains("at most", StringComparison.Ordinal), range.Allows(range.Maximum));
                Assert.False(range.Allows(Math.BitIncrement(range.Maximum)), option.Path);
            }
        }
    }

    [Fact]
    public void All_problems_are_reported_at_once()
    {
        var experiment = new Experiment
        {
            Name = "Planet!",
            Model = new ModelOptions { Depth = 0, MinStddev = double.NaN },
            Objective = new ObjectiveOptions { FreeNats = -1 },
            Task = new TaskOptions { RenderQuality = (RenderQuality)7 },
            Planner = new PlannerOptions { Candidates = 10, Elites = 11 },
        };
        var problems = ExperimentValidation.Validate(experiment);
        Assert.Equal(
            ["name", "task.render_quality", "model.depth", "model.min_stddev", "objective.free_nats", "planner.elites"],
            problems.Select(problem => problem.Path));
        Assert.Equal(
            "model.depth is 0: it must be a whole number, at least 1 and at most 65536; the default is 32",
            problems[2].ToString());
        var message = Assert.Throws<ExperimentException>(() => ExperimentValidation.Require(experiment)).Message;
        Assert.All(problems, problem => Assert.Contains(problem.ToString(), message));
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("planner.elites=1001", "planner.candidates, which is 1000")]
    [InlineData("planner.candidates=99", "planner.candidates, which is 99")]
    [InlineData("schedule.seed_episodes=1001", "schedule.seed_episodes, which is 1001")]
    [InlineData("schedule.episodes=4", "schedule.seed_episodes, which is 5")]
    [InlineData("replay.chunk_length=127", "task.action_repeat 8")]
    [InlineData("task.action_repeat=21", "at most 49")]
    [InlineData("replay.batch_size=874", "at most 873 with replay.chunk_length 50")]
    public void Options_that_contradict_each_other_are_both_named(string assignment, string rule)
    {
        var problem = Assert.Single(ExperimentValidation.Validate(Overrides.Apply(new Experiment(), assignment)));
        Assert.Contains(rule, problem.Rule);
        Assert.Contains(assignment.Split('=')[0], problem.Path + problem.Rule + problem.Remedy);
    }

    [Fact]
    public void Icem_needs_twice_as_many_candidates_as_elites()
    {
        var icem = new PlannerOptions { Method = PlannerMethod.Icem, Candidates = 9, Elites = 4 };
        Assert.Empty(ExperimentValidation.Validate(new Experiment { Planner = icem }));
        var problem = Assert.Single(ExperimentValidation.Validate(new Experiment { Planner = icem with { Elites = 5 } }));
        Assert.Equal(
            "planner.elites is 5: it must be at most half of planner.candidates, which is 9, with planner.method icem; lower planner.elites or raise planner.candidates",
            problem.ToString());
    }

    [Theory]
    [InlineData("a,a", true)]
    [InlineData("reacher_easy:4,cheetah_run", true)]
    [InlineData("a:1", true)]
    [InlineData("a:1000", true)]
    [InlineData("", true)]
    [InlineData("a:0", false)]
    [InlineData("a:1001", false)]
    [InlineData("a:", false)]
    [InlineData("a:+4", false)]
    [InlineData("a:4:4", false)]
    [InlineData("a, b", false)]
    [InlineData("a,", false)]
    [InlineData(",", false)]
    [InlineData("Walker", false)]
    public void A_list_of_tasks_has_names_with_optional_repeats_separated_by_commas(string others, bool allowed) =>
        Assert.Equal(allowed, ExperimentOptions.Find("task.others").Rule!.Allows(others));

    [Theory]
    [InlineData("cartpole_swingup", "", "task.name, which is cartpole_swingup")]
    [InlineData("cheetah_run,walker_walk,cheetah_run", "", "cheetah_run is named 2 times")]
    [InlineData("cheetah_run", "task.command=sim", "task.command")]
    [InlineData("cheetah_run", "task.fixed_start=true", "task.others")]
    [InlineData("cheetah_run:21", "replay.chunk_length=50", "at most 49, the entries of an episode of cheetah_run:21 in task.others")]
    public void Tasks_that_one_agent_cannot_learn_together_are_refused_with_both_options(string others, string change, string rule)
    {
        string[] changes = change.Length == 0 ? [] : [change];
        var problem = Assert.Single(
            ExperimentValidation.Validate(Overrides.ApplyAll(new Experiment(), [$"task.others={others}", .. changes])));
        Assert.Contains(rule, problem.Rule);
        Assert.Contains(others, problem.ToString());
        Assert.All(changes, option => Assert.Contains(option.Split('=')[0], problem.ToString()));
    }

    [Fact]
    public void An_invalid_list_of_tasks_is_reported_once()
    {
        var problem = Assert.Single(ExperimentValidation.Validate(new Experiment { Task = new TaskOptions { Others = "cheetah_run:x" } }));
        Assert.Equal("task.others", problem.Path);
    }

    [Theory]
    [InlineData("model.deterministic=reference", "model.transition=ssm", "model.transition ssm")]
    [InlineData("model.deterministic=belief_only", "model.transition=drnn", "model.transition drnn")]
    [InlineData("model.prior_input=pre_gru", "model.transition=ssm", "model.transition ssm")]
    [InlineData("model.prior_input=pre_gru", "model.transition=drnn", "model.transition drnn")]
    [InlineData("model.prior_input=pre_gru", "model.deterministic=belief_only", "model.deterministic belief_only")]
    [InlineData("model.gru=reset_after", "model.transition=ssm", "model.transition ssm")]
    [InlineData("objective.divergence_scale=0", "model.deterministic=belief_only", "model.deterministic belief_only")]
    public void Forms_of_the_model_that_contradict_each_other_are_both_named(string assignment, string other, string rule)
    {
        var problem = Assert.Single(ExperimentValidation.Validate(Overrides.ApplyAll(new Experiment(), [assignment, other])));
        Assert.Equal(assignment, $"{problem.Path}={problem.Value}");
        Assert.Contains(rule, problem.Rule);
        Assert.Contains(other.Split('=')[0], problem.Remedy);
    }

    [Theory]
    [InlineData("model.deterministic=reference", "objective.divergence_scale=0")]
    [InlineData("model.deterministic=reference", "objective.divergence_scale=1")]
    [InlineData("model.deterministic=reference", "model.prior_input=pre_gru")]
    [InlineData("model.transition=drnn", "model.gru=reset_after")]
    public void Forms_of_the_model_that_fit_together_are_valid(string assignment, string other) =>
        Assert.Empty(ExperimentValidation.Validate(Overrides.ApplyAll(new Experiment(), [assignment, other])));

    [Theory]
    [InlineData("planner.elites=1000")]
    [InlineData("schedule.seed_episodes=1000")]
    [InlineData("replay.chunk_length=126")]
    [InlineData("task.action_repeat=20")]
    public void The_limits_themselves_are_valid(string assignment) =>
        Assert.Empty(ExperimentValidation.Validate(Overrides.Apply(new Experiment(), assignment)));

    [Theory]
    [InlineData("overshooting_distance", 51, "at most replay.chunk_length, which is 50", "objective.overshooting_scale=1")]
    [InlineData("overshooting_distance", 51, "at most replay.chunk_length, which is 50", "objective.overshooting_reward=prior")]
    [InlineData("overshooting_distance", 1, "at least 2 where objective.overshooting_scale is 1", "objective.overshooting_scale=1")]
    [InlineData(
        "overshooting_distance",
        1,
        "at least 2 where objective.overshooting_reward is posterior_stopped",
        "objective.overshooting_reward=posterior_stopped")]
    [InlineData(
        "observation_overshooting_distance",
        51,
        "at most replay.chunk_length, which is 50",
        "objective.observation_overshooting_scale=0.1")]
    public void An_invalid_overshooting_distance_is_refused_only_if_it_would_be_used(string option, int distance, string rule, string use)
    {
        var unused = Overrides.Apply(new Experiment(), $"objective.{option}={distance}");
        Assert.Empty(ExperimentValidation.Validate(unused));
        var problem = Assert.Single(ExperimentValidation.Validate(Overrides.Apply(unused, use)));
        Assert.Equal($"objective.{option}", problem.Path);
        Assert.Contains(rule, problem.Rule);
    }

    [Theory]
    [InlineData("objective.overshooting_scale=1", "objective.overshooting_distance=2")]
    [InlineData("objective.overshooting_scale=1", "objective.overshooting_distance=50")]
    [InlineData("objective.overshooting_reward=prior", "objective.overshooting_distance=50")]
    [InlineData("objective.observation_overshooting_scale=1", "objective.observation_overshooting_distance=1")]
    public void The_smallest_and_the_largest_overshooting_distance_are_valid(string use, string distance) =>
        Assert.Empty(ExperimentValidation.Validate(Overrides.Apply(Overrides.Apply(new Experiment(), use), distance)));
}

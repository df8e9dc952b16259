using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Playing;

namespace PlaNet.Tests.Runs.Playing;

public sealed class EvaluationTasksTests
{
    private static readonly TaskOptions s_trained = new() { Name = "cartpole_swingup", ActionRepeat = 5 };

    [Fact]
    public void A_task_of_the_run_keeps_its_action_repeat_and_the_padding_of_its_actions()
    {
        var trained = s_trained with { Others = "reacher_easy:100,cheetah_run:250" };
        var chosen = EvaluationTasks.One(trained, "reacher_easy", actionSize: 6);
        Assert.Equal(("reacher_easy", 100, 1), (chosen.Options.Name, chosen.Options.ActionRepeat, chosen.Options.Count));
        Assert.Equal("as in the run", chosen.Repeat);
        var spec = chosen.Describe(0);
        Assert.Equal(("reacher_easy", 100, 6), (spec.Task, spec.ActionRepeat, spec.Action.Size));
    }

    [Fact]
    public void Another_task_takes_the_action_repeat_of_the_same_domain_or_has_its_own()
    {
        var related = EvaluationTasks.One(s_trained, "cartpole_balance", actionSize: 1);
        Assert.Equal(("cartpole_balance", 5), (related.Options.Name, related.Options.ActionRepeat));
        Assert.Equal("as cartpole_swingup has in the run", related.Repeat);
        Assert.Equal(200, related.Describe(0).Decisions);

        var foreign = EvaluationTasks.One(s_trained with { Name = "cheetah_run" }, "walker_walk", actionSize: 6);
        Assert.Equal((2, "the task's own"), (foreign.Options.ActionRepeat, foreign.Repeat));
    }

    [Fact]
    public void A_task_of_another_size_is_refused_with_both_sizes_and_the_tasks_that_fit()
    {
        var refusal = Assert.Throws<RunException>(() => EvaluationTasks.One(s_trained, "cheetah_run", actionSize: 1));
        Assert.Contains("cheetah_run has size 6", refusal.Message);
        Assert.Contains("model has size 1", refusal.Message);
        var fitting = refusal.Message.Split("Tasks that fit: ")[1].TrimEnd('.').Split(", ");
        Assert.Equal(
            TaskRegistry.All.Where(task => task.ActionSize == 1).Select(task => task.Name).Order(StringComparer.Ordinal),
            fitting.Order(StringComparer.Ordinal));
        Assert.All(fitting, name => EvaluationTasks.One(s_trained, name, actionSize: 1));
        Assert.Contains(
            "No task of the suite fits",
            Assert.Throws<RunException>(() => EvaluationTasks.One(new TaskOptions { Command = "./sim" }, "cheetah_run", 77)).Message);
        Assert.Contains(
            "did you mean cartpole_balance?",
            Assert.Throws<RunException>(() => EvaluationTasks.One(s_trained, "cartpole_balanc", 1)).Message);
    }

    [Fact]
    public void A_run_of_a_program_can_be_evaluated_in_a_task_of_the_suite()
    {
        var trained = new TaskOptions { Command = "./sim", CommandFolder = "/no/such/folder", ImageSize = 40 };
        var chosen = EvaluationTasks.One(trained, "cartpole_swingup", actionSize: 1);
        Assert.Equal(("", "", "the task's own"), (chosen.Options.Command, chosen.Options.CommandFolder, chosen.Repeat));
        Assert.Equal(new ImageSpec(40, 40), chosen.Describe(0).Image);
    }

    [Fact]
    public void A_fixed_start_is_kept_only_where_there_is_one()
    {
        var trained = new TaskOptions { Name = "cheetah_run", ActionRepeat = 4, FixedStart = true };
        Assert.True(EvaluationTasks.One(trained, "cheetah_run", 6).Options.FixedStart);
        Assert.False(EvaluationTasks.One(trained, "walker_walk", 6).Options.FixedStart);
    }
}

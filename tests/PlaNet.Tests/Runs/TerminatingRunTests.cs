using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Results;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>Whole runs of a task whose episodes end early.</summary>
public sealed class TerminatingRunTests
{
    // Random episodes are often shorter than a chunk.
    private static readonly Experiment s_experiment = SmallRun.Experiment with
    {
        Task = SmallRun.Experiment.Task with { Name = "cartpole_survive", ActionRepeat = 2, ImageSize = 32 },
        Replay = SmallRun.Experiment.Replay with { ChunkLength = 8 },
    };

    [Fact]
    public void A_run_whose_episodes_are_shorter_than_a_chunk_learns_from_them_and_resumes_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["whole"], experiment: s_experiment);
        Assert.True(complete);
        Assert.Empty(events.OfType<RunWarning>());
        Assert.All(events.OfType<EpisodeCollected>(), collected => Assert.Equal(0, collected.TooShort));
        var updates = events.OfType<UpdateDone>().ToArray();
        Assert.Equal(10, updates.Length);
        Assert.All(updates, update => Assert.InRange(update.Metrics.Continuation!.Value, 1e-3, 10));
        Assert.All(events.OfType<EvaluationDone>(), evaluation => Assert.NotNull(evaluation.Test?.Continuation));
        var recorded = Recorded(folder["whole"]);
        Assert.Contains(recorded, entry => entry.Length < 8);
        Assert.All(recorded, entry => Assert.Equal(entry.Steps < 125 ? EpisodeEnd.Terminated : EpisodeEnd.Truncated, entry.End));

        SmallRun.AssertResumes(folder, s_experiment);
        using var trained = TrainedModel.Load(folder["run"], torch.CPU, warning => Assert.Fail(warning));
        Assert.NotNull(trained.Model.Continuation);
        var data = HeldOutData.Open(folder["run"], s_experiment.Schedule, trained.State);
        Assert.NotNull(data.Batch(2, 100, seed: 1).Terminated);
    }

    [Fact]
    public void Without_the_head_the_run_has_the_same_episodes_until_it_plans_and_no_such_term()
    {
        using var folder = new TemporaryFolder();
        var without = s_experiment with { Model = s_experiment.Model with { Continuation = ContinuationPrediction.Off } };
        var (_, events) = SmallRun.Run(folder["run"], experiment: without);
        Assert.All(events.OfType<UpdateDone>(), update => Assert.Null(update.Metrics.Continuation));
        Assert.All(Recorded(folder["run"]), entry => Assert.NotNull(entry.End));
        var refusal = Assert.Throws<RunException>(
            () => SmallRun.Run(folder["run"], experiment: s_experiment, allowChanges: true));
        Assert.Contains("model.continuation off -> announced (the model has no continuation head)", refusal.Message);
    }

    [Fact]
    public void A_task_that_terminates_cannot_follow_one_that_does_not()
    {
        using var folder = new TemporaryFolder();
        var before = s_experiment with { Task = s_experiment.Task with { Name = "cartpole_balance" } };
        SmallRun.Run(folder["run"], (_, interrupt) => interrupt.Cancel(), before);
        var refusal = Assert.Throws<RunException>(
            () => SmallRun.Run(folder["run"], experiment: s_experiment, allowChanges: true));
        Assert.Contains("task.name cartpole_balance -> cartpole_survive (the model has no continuation head)", refusal.Message);
    }

    [Fact]
    public void Rewards_that_leave_a_state_are_refused_with_the_head_before_the_run_directory_exists()
    {
        using var folder = new TemporaryFolder();
        var outOf = s_experiment with { Objective = new ObjectiveOptions { RewardAlignment = RewardAlignment.OutOf } };
        var refusal = Assert.Throws<RunException>(() => SmallRun.Run(folder["run"], experiment: outOf));
        Assert.Contains("set objective.reward_alignment=into or model.continuation=off", refusal.Message);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void The_documented_program_gives_its_run_the_head_and_short_episodes_that_are_learnt_from()
    {
        Assert.SkipUnless(
            Array.Exists(
                Environment.GetEnvironmentVariable("PATH")!.Split(':'), path => File.Exists(Path.Combine(path, "python3"))),
            "python3 is not installed.");
        using var folder = new TemporaryFolder();
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "termination.md"));
        File.WriteAllText(folder["cartpole.py"], page.Split("```python\n")[1].Split("```")[0]);
        var experiment = s_experiment with
        {
            Task = s_experiment.Task with { Name = "cartpole", Command = $"python3 \"{folder["cartpole.py"]}\"" },
            Replay = s_experiment.Replay with { ChunkLength = 20 },
        };
        var (complete, events) = SmallRun.Run(folder["run"], experiment: experiment);
        Assert.True(complete);
        Assert.Empty(events.OfType<RunWarning>());
        Assert.All(events.OfType<UpdateDone>(), update => Assert.NotNull(update.Metrics.Continuation));
        Assert.All(Recorded(folder["run"]), entry => Assert.Equal((EpisodeEnd.Terminated, entry.Steps), (entry.End, entry.Return)));
    }

    [Fact]
    public void The_cost_of_a_task_whose_episodes_end_early_is_measured_with_the_head()
    {
        SmallRun.UseOneThread();
        var cost = RunCost.Measure(s_experiment, torch.CPU);
        Assert.Contains(cost.Learning.Parts, part => part.Name == "continuation");
        Assert.InRange(cost.StepSeconds, 1e-6, 60);
    }

    private static EpisodeEntry[] Recorded(string run)
    {
        var folder = new RunFolder(run);
        return
        [
            .. EpisodeStore.Open(folder.TrainEpisodes, 0, readOnly: true).List(),
            .. EpisodeStore.Open(folder.TestEpisodes, 0, readOnly: true).List(),
        ];
    }
}

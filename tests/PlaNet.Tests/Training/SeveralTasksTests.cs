using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Telemetry;
using PlaNet.Telemetry.Reports;
using PlaNet.Tests.Replay;
using PlaNet.Torch;
using PlaNet.Training;

namespace PlaNet.Tests.Training;

/// <summary>One agent for tasks of one, two and six action dimensions and of different lengths.</summary>
public sealed class SeveralTasksTests
{
    private static readonly string[] s_names = ["cartpole_swingup", "reacher_easy", "cheetah_run"];

    private static readonly Experiment s_three = SmallRun.Experiment with
    {
        Task = SmallRun.Experiment.Task with { Others = "reacher_easy:100,cheetah_run:250" },
        Schedule = SmallRun.Experiment.Schedule with { SeedEpisodes = 1, Episodes = 3, CollectInterval = 1 },
    };

    private static readonly Lazy<IReadOnlyList<string>> s_uninterrupted = new(() =>
    {
        using var folder = new TemporaryFolder();
        Assert.True(SmallRun.Run(folder["run"], experiment: s_three).Complete);
        return SmallRun.Fingerprint(folder["run"]);
    });

    [Fact]
    public void A_run_collects_each_task_in_its_turn_and_scores_each_and_all()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["run"], experiment: s_three);
        Assert.True(complete);
        Assert.Equal(
            [.. s_names, .. s_names, .. s_names, .. s_names], events.OfType<EpisodeCollected>().Select(episode => episode.Task));

        var evaluation = Assert.Single(events.OfType<EvaluationDone>());
        Assert.Equal(s_names, evaluation.Tasks.Select(score => score.Task));
        Assert.All(evaluation.Tasks, score => Assert.Equal(2, score.Returns.Count));
        Assert.Equal(evaluation.Returns, evaluation.Tasks.SelectMany(score => score.Returns));
        Assert.NotNull(evaluation.Test);

        var last = MetricsLog.Read(folder["run/metrics.jsonl"]).Last(line => line.Values.ContainsKey(MetricTags.EvaluationReturn)).Values;
        Assert.All(evaluation.Tasks, score =>
        {
            Assert.Equal(score.Summary.Mean, last[$"trainer/test/{score.Task}/score"], 9);
            Assert.Equal(score.Summary.Median, last[$"trainer/test/{score.Task}/median"], 9);
            Assert.Equal(score.Returns[1], last[$"trainer/test/{score.Task}/score/1"], 9);
        });
        Assert.Equal(evaluation.Tasks.Average(score => score.Summary.Mean), last[MetricTags.EvaluationReturn], 9);

        var page = File.ReadAllText(RunReport.WriteTo(folder["run"]));
        Assert.All(s_names, name => Assert.Contains($">Return, {name}<", page));
        Assert.All(s_names, name => Assert.Contains($"<span>last evaluation, {name}</span>", page));
    }

    [Fact]
    public void Episodes_keep_the_length_of_their_task_and_the_whole_padded_action()
    {
        using var folder = new TemporaryFolder();
        SmallRun.Run(folder["run"], (happened, interrupt) =>
        {
            if (happened.Progress.TestEpisodes == 3)
            {
                interrupt.Cancel();
            }
        }, s_three);
        var train = EpisodeStore.Open(folder["run/episodes/train"], 1 << 20, readOnly: true);
        var test = EpisodeStore.Open(folder["run/episodes/test"], 1 << 20, readOnly: true);
        foreach (var store in new[] { train, test })
        {
            var episodes = store.List().Select(entry => store.Load(entry.Name)).ToArray();
            Assert.Equal([5, 9, 11], episodes.Select(episode => episode.Length).Order());
            Assert.All(episodes, episode => Assert.Equal(6, episode.ActionSize));

            // Random in every element, also in those that the task does not have.
            Assert.All(episodes, episode => Assert.All(episode.Action[6..], value => Assert.NotEqual(0, value)));
        }
    }

    [Theory]
    [InlineData(5, RunStep.CollectTestEpisode)]
    [InlineData(12, RunStep.Collect)]
    public void A_run_interrupted_in_the_middle_of_a_round_ends_as_if_nothing_had_happened(int step, RunStep kind)
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (happened is EpisodeCollected && happened.Progress.Step == step)
                {
                    interrupt.Cancel();
                }
            },
            s_three);
        Assert.False(complete);
        Assert.Equal(step, events[^1].Progress.Step);
        Assert.Equal(kind, events.OfType<EpisodeCollected>().Last().Step);
        Assert.True(SmallRun.Run(folder["run"], experiment: s_three).Complete);
        Assert.Equal(s_uninterrupted.Value, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void A_decision_cut_short_is_made_again_by_the_same_task()
    {
        using var folder = new TemporaryFolder();
        var (complete, _) = SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                // The second task of the first round: its episodes are ten decisions long.
                if (happened is DecisionMade { Step: RunStep.Collect, Decision: 3, Decisions: 10 })
                {
                    interrupt.Cancel();
                }
            },
            s_three);
        Assert.False(complete);
        Assert.True(SmallRun.Run(folder["run"], experiment: s_three).Complete);
        Assert.Equal(s_uninterrupted.Value, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void Elements_that_a_task_does_not_have_do_not_reach_it()
    {
        using var alone = Tasks.Create(s_three.Task with { Others = "" });
        using var padded = Tasks.Create(s_three.Task);
        Assert.Equal((1, 6), (alone.Spec.Action.Size, padded.Spec.Action.Size));
        alone.Reset(1);
        padded.Reset(1);
        var expected = alone.Step([0.5f]);
        var step = padded.Step([0.5f, 1, -1, 0.3f, 0, -0.7f]);
        Assert.Equal(expected.Reward, step.Reward);
        Assert.Equal(expected.Observation.Image, step.Observation.Image);
        Assert.Equal([-1f, -1, -1, -1, -1, -1], padded.Spec.Action.Low);
    }

    [Fact]
    public void Tasks_have_the_repeat_that_is_written_or_else_the_registered_one()
    {
        var tasks = Tasks.Of(new TaskOptions { ActionRepeat = 5, Others = "cup_catch:6,walker_walk" });
        Assert.Equal([("cartpole_swingup", 5), ("cup_catch", 6), ("walker_walk", 2)], tasks.Select(task => (task.Name, task.ActionRepeat)));
        Assert.All(tasks, task => Assert.Equal(1, task.Count));
        Assert.Equal("cup_catch:6,walker_walk:2", Tasks.WithRepeats(new TaskOptions { Others = "cup_catch:6,walker_walk" }).Others);
        Assert.Equal([200, 167, 500], Enumerable.Range(0, 3)
            .Select(task => Tasks.Describe(new TaskOptions { ActionRepeat = 5, Others = "cup_catch:6,walker_walk" }, task).Decisions));
    }

    [Fact]
    public void Random_episodes_are_played_in_each_task_with_seeds_of_their_own()
    {
        var episodes = Evaluator.RunRandom(s_three, 2, seed: 4, CancellationToken.None);
        Assert.Equal([9, 9, 11, 11, 5, 5], episodes.Select(episode => episode.Length));
        Assert.Equal(6, episodes.Select(episode => episode.Seed).Distinct().Count());

        // Further tasks change nothing of the first.
        var alone = Evaluator.RunRandom(s_three with { Task = s_three.Task with { Others = "" } }, 2, seed: 4, CancellationToken.None);
        Assert.Equal(alone.Select(episode => episode.Seed), episodes.Take(2).Select(episode => episode.Seed));
        Assert.Equal(alone.Select(episode => episode.Image[..12288]), episodes.Take(2).Select(episode => episode.Image[..12288]));
    }

    [Fact]
    public void Returns_that_the_tasks_do_not_share_evenly_are_refused()
    {
        Assert.Equal([1.5, 3.5, 5.5], TaskScore.Of(s_three.Task, [1, 2, 3, 4, 5, 6]).Select(score => score.Summary.Mean));
        Assert.Throws<ArgumentException>(() => TaskScore.Of(s_three.Task, [1, 2, 3, 4]));
        Assert.Throws<ArgumentException>(() => TaskScore.Of(s_three.Task, []));
    }
}

using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry;
using PlaNet.Telemetry.Reports;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs.Playing;

/// <summary>One agent for tasks of one, two and six action dimensions and of different lengths.</summary>
public sealed class SeveralTasksTests
{
    private static readonly string[] s_names = ["cartpole_swingup", "reacher_easy", "cheetah_run"];

    private static readonly Lazy<Finished> s_uninterrupted = new(() =>
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["run"], experiment: SmallRun.ThreeTasks);
        Assert.True(complete);
        Episode[] Recorded(string kind)
        {
            var store = EpisodeStore.Open(folder[$"run/episodes/{kind}"], 0, readOnly: true);
            return [.. store.List().Select(entry => store.Load(entry.Name))];
        }

        return new Finished(
            events,
            SmallRun.Fingerprint(folder["run"]),
            MetricsLog.Read(folder["run/metrics.jsonl"]).Last(line => line.Values.ContainsKey(MetricTags.EvaluationReturn)).Values,
            File.ReadAllText(RunReport.WriteTo(folder["run"])),
            Recorded("train"),
            Recorded("test"));
    });

    [Fact]
    public void A_run_collects_the_tasks_in_turn()
    {
        Assert.Equal(
            [.. s_names, .. s_names, .. s_names, .. s_names],
            s_uninterrupted.Value.Events.OfType<EpisodeCollected>().Select(episode => episode.Task));
    }

    [Fact]
    public void Each_task_has_a_score_and_the_score_of_all_is_their_mean()
    {
        var evaluation = Assert.Single(s_uninterrupted.Value.Events.OfType<EvaluationDone>());
        Assert.Equal(s_names, evaluation.Tasks.Select(score => score.Task));
        Assert.All(evaluation.Tasks, score => Assert.Equal(2, score.Returns.Count));
        Assert.Equal(evaluation.Returns, evaluation.Tasks.SelectMany(score => score.Returns));
        Assert.NotNull(evaluation.Test);

        var last = s_uninterrupted.Value.LastEvaluation;
        Assert.All(evaluation.Tasks, score =>
        {
            Assert.Equal(score.Summary.Mean, last[$"trainer/test/{score.Task}/score"], 9);
            Assert.Equal(score.Summary.Median, last[$"trainer/test/{score.Task}/median"], 9);
            Assert.Equal(score.Returns[1], last[$"trainer/test/{score.Task}/score/1"], 9);
        });
        Assert.Equal(evaluation.Tasks.Average(score => score.Summary.Mean), last[MetricTags.EvaluationReturn], 9);
        Assert.All(s_names, name => Assert.Contains($">Return, {name}<", s_uninterrupted.Value.Page));
        Assert.All(s_names, name => Assert.Contains($"<span>last evaluation, {name}</span>", s_uninterrupted.Value.Page));
    }

    [Fact]
    public void Episodes_keep_the_length_of_their_task_and_the_whole_padded_action()
    {
        var (train, test) = (s_uninterrupted.Value.Train, s_uninterrupted.Value.Test);
        Assert.Equal([5, 5, 5, 9, 9, 9, 11, 11, 11], train.Select(episode => episode.Length).Order());
        Assert.Equal([5, 9, 11], test.Select(episode => episode.Length).Order());

        // Every element is random, also the padded ones that the task does not have.
        Assert.All(test, episode => Assert.Equal(6, episode.ActionSize));
        Assert.All(test, episode => Assert.All(episode.Action[6..], value => Assert.NotEqual(0, value)));
    }

    [Fact]
    public void A_run_interrupted_in_the_middle_of_rounds_and_episodes_ends_like_an_uninterrupted_one()
    {
        using var folder = new TemporaryFolder();
        Func<RunEvent, bool>[] interruptions =
        [
            happened => happened is EpisodeCollected { Step: RunStep.CollectTestEpisode, Progress.TestEpisodes: 2 },

            // The second task of the first round: its episodes are ten decisions long.
            happened => happened is DecisionMade { Step: RunStep.Collect, Decision: 3, Decisions: 10 },
            happened => happened is EpisodeCollected { Step: RunStep.Collect, Progress.Collected: 5 },
        ];
        foreach (var interruption in interruptions)
        {
            var (complete, events) = SmallRun.Run(
                folder["run"],
                (happened, interrupt) =>
                {
                    if (interruption(happened))
                    {
                        interrupt.Cancel();
                    }
                },
                SmallRun.ThreeTasks);
            Assert.False(complete);
            Assert.Contains(events, happened => interruption(happened));
        }

        Assert.True(SmallRun.Run(folder["run"], experiment: SmallRun.ThreeTasks).Complete);
        Assert.Equal(s_uninterrupted.Value.Fingerprint, SmallRun.Fingerprint(folder["run"]));
    }

    [Fact]
    public void Padded_action_elements_do_not_reach_the_task()
    {
        using var alone = Tasks.Create(SmallRun.ThreeTasks.Task with { Others = "" });
        using var padded = Tasks.Create(SmallRun.ThreeTasks.Task);
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
        Episode[] episodes = [.. Evaluator.RunRandom(SmallRun.ThreeTasks, 2, seed: 4, CancellationToken.None)];
        Assert.Equal([9, 9, 11, 11, 5, 5], episodes.Select(episode => episode.Length));
        Assert.Equal(6, episodes.Select(episode => episode.Seed).Distinct().Count());

        // Other tasks do not change the episodes of the first.
        var single = SmallRun.ThreeTasks with { Task = SmallRun.ThreeTasks.Task with { Others = "" } };
        Episode[] alone = [.. Evaluator.RunRandom(single, 2, seed: 4, CancellationToken.None)];
        Assert.Equal(alone.Select(episode => episode.Seed), episodes.Take(2).Select(episode => episode.Seed));
        Assert.Equal(alone.Select(episode => episode.Image[..12288]), episodes.Take(2).Select(episode => episode.Image[..12288]));
    }

    [Fact]
    public void Returns_that_do_not_divide_evenly_among_the_tasks_are_refused()
    {
        Assert.Equal([1.5, 3.5, 5.5], TaskScore.Of(SmallRun.ThreeTasks.Task, [1, 2, 3, 4, 5, 6]).Select(score => score.Summary.Mean));
        Assert.Throws<ArgumentException>(() => TaskScore.Of(SmallRun.ThreeTasks.Task, [1, 2, 3, 4]));
        Assert.Throws<ArgumentException>(() => TaskScore.Of(SmallRun.ThreeTasks.Task, []));
    }

    private sealed record Finished(
        IReadOnlyList<RunEvent> Events,
        IReadOnlyList<string> Fingerprint,
        IReadOnlyDictionary<string, double> LastEvaluation,
        string Page,
        Episode[] Train,
        Episode[] Test);
}

using System.Text.Json;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry.Dashboard;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs.Actors;

namespace PlaNet.Tests.Runs.Results;

public sealed class LiveFileTests
{
    private static readonly ActionBelief s_belief = new([0.3f], [[0.5f], [-0.5f]], [[0.1f], [float.NaN]], [0.25f, 0.75f]);

    [Fact]
    public void A_run_leaves_what_it_did_last_and_every_version_of_the_file_is_complete()
    {
        using var folder = new TemporaryFolder();
        var (complete, events) = SmallRun.Run(folder["run"], (_, _) =>
        {
            if (File.Exists(folder["run/live.json"]))
            {
                using var now = JsonDocument.Parse(File.ReadAllText(folder["run/live.json"]));
                Assert.Equal(JsonValueKind.Array, now.RootElement.GetProperty("roles").ValueKind);
            }
        });
        Assert.True(complete);
        using var live = JsonDocument.Parse(File.ReadAllText(folder["run/live.json"]));
        var root = live.RootElement;
        Assert.Equal(Environment.ProcessId, root.GetProperty("pid").GetInt32());
        Assert.True(root.GetProperty("time").GetDateTime() >= root.GetProperty("started").GetDateTime());
        Assert.True(root.GetProperty("memory_bytes").GetInt64() > 0);
        Assert.Equal(0, root.GetProperty("seconds_left").GetDouble());
        var progress = root.GetProperty("progress");
        var last = events[^1].Progress;
        foreach (var (name, number) in new[] { ("updates", last.Updates), ("episodes", last.Episodes), ("evaluations", last.Evaluations) })
        {
            Assert.Equal(number, progress.GetProperty(name).GetInt32());
            Assert.Equal(number, progress.GetProperty(name + "_planned").GetInt32());
        }

        Assert.Equal(last.Step, progress.GetProperty("step").GetInt32());

        var roles = root.GetProperty("roles").EnumerateArray().ToDictionary(role => role.GetProperty("name").GetString()!);
        Assert.Equal(
            ["collector", "collector/environment-0", "collector/planner", "evaluator", "learner", "metrics", "replay", "run"],
            roles.Keys.Order(StringComparer.Ordinal));
        Assert.All(roles.Values, role => Assert.True(role.GetProperty("messages").GetInt64() > 0));
        Assert.All(roles.Values, role => Assert.Equal(0, role.GetProperty("restarts").GetInt32()));
        Assert.True(roles["learner"].GetProperty("messages").GetInt64() > events.OfType<UpdateDone>().Count());
        Assert.True(roles["learner"].GetProperty("busy_seconds").GetDouble() > 0);
        var decision = root.GetProperty("decision");
        Assert.Equal("cartpole_swingup", decision.GetProperty("task").GetString());
        Assert.Equal(1, decision.GetProperty("action").GetArrayLength());
        Assert.Equal(3, decision.GetProperty("belief_mean").GetArrayLength());
        Assert.All(decision.GetProperty("belief_std").EnumerateArray(), row => Assert.Equal(1, row.GetArrayLength()));
        Assert.Equal(decision.GetProperty("predicted_rewards")[0].GetSingle(), decision.GetProperty("predicted_reward").GetSingle());
        Assert.InRange(decision.GetProperty("reward").GetDouble(), 0, 125);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_one_warning_and_the_run_continues()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["file"]);
        var (time, warnings) = (new ManualTime(), new List<string>());
        using (var live = Begin(folder["file"], time, warnings))
        {
            time.Advance(3);
        }

        Assert.Contains(folder["file"], Assert.Single(warnings));
        Assert.Equal(["file"], folder.Names());
    }

    [Fact]
    public void It_is_written_once_a_second_and_at_the_end()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        using (var live = Begin(folder["file"], time, []))
        {
            time.Advance(0.9);
            Assert.False(File.Exists(folder["file"]));
            time.Advance(0.1);
            Assert.Equal(1, Second());
            live.Watch(new UpdateDone(new RunProgress(Updates: 7), new UpdateMetrics(1, 2, 3, 4, 5), 0.1));
            time.Advance(0.9);
            Assert.Equal(1, Second());
            time.Advance(1.5);
            Assert.Equal(3, Second());
            Assert.Contains("\"updates\":7", File.ReadAllText(folder["file"]));
        }

        Assert.Equal(3.4, Second(), 6);
        time.Advance(5);
        Assert.Equal(3.4, Second(), 6);

        double Second()
        {
            using var live = JsonDocument.Parse(File.ReadAllText(folder["file"]));
            return (live.RootElement.GetProperty("time").GetDateTime() - DateTime.UnixEpoch).TotalSeconds;
        }
    }

    [Fact]
    public void A_reward_is_shown_with_the_decision_that_earned_it_and_at_most_one_decision_a_second_is_looked_at()
    {
        var time = new ManualTime();
        var recent = new RecentDecision(time);
        var watch = recent.Watch(RunStep.Collect, 4, "task", 9);
        watch.Observe(null);
        Assert.True(watch.BeginDecision());
        watch.Decided(s_belief);
        Assert.Null(recent.Latest);
        watch.Observe(0.5);
        Assert.Equal(new ObservedDecision(RunStep.Collect, 4, "task", 1, 9, s_belief, 0.5), recent.Latest);
        Assert.False(watch.BeginDecision());
        watch.Observe(0.75);
        Assert.Equal(0.5, recent.Latest!.Reward);
        time.Advance(1);
        var other = recent.Watch(RunStep.Evaluate, 2, "other", 5);
        Assert.True(other.BeginDecision());
        Assert.False(watch.BeginDecision());
        other.Decided(s_belief);
        other.Observe(null);
        other.Observe(1);
        Assert.Equal("task", recent.Latest.Task);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_null()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        var recent = new RecentDecision(time);
        var watch = recent.Watch(RunStep.Collect, 4, "task", 9);
        watch.BeginDecision();
        watch.Decided(s_belief);
        watch.Observe(double.NaN);
        new LiveFile(folder["file"], new RunStatus(SmallRun.Experiment), () => [], recent, time, _ => { }).Dispose();
        var text = File.ReadAllText(folder["file"]);
        Assert.Contains("\"action\":[0.3],\"discrete\":false,\"belief_mean\":[[0.5],[-0.5]],\"belief_std\":[[0.1],[null]]", text);
        Assert.Contains("\"predicted_rewards\":[0.25,0.75],\"predicted_reward\":0.25,\"reward\":null", text);
        Assert.Contains("\"seconds_left\":null,\"rates\":{\"updates_per_second\":null,\"decisions_per_second\":null}", text);
    }

    [Fact]
    public void Of_choices_it_has_the_probabilities_alone()
    {
        using var folder = new TemporaryFolder();
        var time = new ManualTime();
        var recent = new RecentDecision(time);
        var watch = recent.Watch(RunStep.Collect, 4, "task", 9);
        watch.BeginDecision();
        watch.Decided(new ActionBelief([0, 1], [[0.25f, 0.75f]], [[0.4f, 0.4f]], [1]) { IsDiscrete = true });
        watch.Observe(1);
        new LiveFile(folder["live.json"], new RunStatus(SmallRun.Experiment), () => [], recent, time, _ => { }).Dispose();
        var decision = LiveSnapshot.Read(folder.Path)!.Decision!;
        Assert.True(decision.Discrete);
        Assert.Equal([0, 1], decision.Action);
        Assert.Equal([[0.25, 0.75]], decision.BeliefMean);
        Assert.Empty(decision.BeliefStd);
    }

    private static LiveFile Begin(string path, TimeProvider time, List<string> warnings) => new(
        path,
        new RunStatus(SmallRun.Experiment),
        () => [new RoleStatus("learner", 0, 1, 2, 0.5, "update model")],
        new RecentDecision(time),
        time,
        warnings.Add);
}

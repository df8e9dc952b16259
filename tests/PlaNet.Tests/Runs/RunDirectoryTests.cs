using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

public sealed class RunDirectoryTests : IDisposable
{
    private static readonly Dictionary<string, string> Facts = new() { ["device"] = "cpu" };

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_new_directory_holds_the_experiment_its_seed_and_what_it_was_started_with()
    {
        using (var directory = RunDirectory.Open(_folder["a/b"], SmallRun.Experiment, ulong.MaxValue, Facts))
        {
            Assert.Equal("RUNNING\n", File.ReadAllText(directory.Folder.StateFile));
        }

        Assert.Equal((SmallRun.Experiment, ulong.MaxValue), RunDirectory.Read(_folder["a/b"]));
        Assert.Contains("\"device\": \"cpu\"", File.ReadAllText(_folder["a/b/experiment.json"]));
    }

    [Fact]
    public void Another_experiment_is_refused_option_by_option()
    {
        Open(SmallRun.Experiment).Dispose();
        var before = File.ReadAllText(_folder["run/experiment.json"]);
        var other = SmallRun.Experiment with
        {
            Model = SmallRun.Experiment.Model with { Depth = 2 },
            Planner = SmallRun.Experiment.Planner with { Elites = 3 },
        };
        var refusal = Assert.Throws<RunException>(() => Open(other));
        Assert.Contains("model.depth 1 -> 2, planner.elites 2 -> 3.", refusal.Message);
        Assert.Contains("--out", refusal.Message);
        Assert.Equal(before, File.ReadAllText(_folder["run/experiment.json"]));
    }

    [Fact]
    public void Allowed_changes_leave_the_earlier_experiment_in_the_history_with_its_last_step()
    {
        Open(SmallRun.Experiment).Dispose();
        var second = SmallRun.Experiment with { Optimizer = SmallRun.Experiment.Optimizer with { LearningRate = 0.5 } };
        var third = second with { Schedule = second.Schedule with { Episodes = 9, CollectInterval = 7 } };
        using (var learner = new Learner(SmallRun.Experiment, 1, torch.CPU, seed: 1))
        {
            var folder = new RunFolder(_folder["run"]);
            var state = RunState.Start(1, "hash") with { Progress = new RunProgress(SeedEpisodes: 2, Updates: 5) };
            using (var directory = Open(second, allowChanges: true))
            {
                Assert.Equal("optimizer.learning_rate 0.001 -> 0.5", Assert.Single(directory.Changes).ToString());
                new CheckpointStore(folder.Checkpoints, 2).Save(learner, state);
            }
        }

        Open(third, allowChanges: true).Dispose();
        using var again = Open(third);
        Assert.Empty(again.Changes);
        Assert.Equal((third, 1UL), RunDirectory.Read(_folder["run"]));
        using var record = System.Text.Json.JsonDocument.Parse(File.ReadAllText(_folder["run/experiment.json"]));
        var history = record.RootElement.GetProperty("history").EnumerateArray().ToArray();
        Assert.Equal([0, 7], history.Select(entry => entry.GetProperty("until_step").GetInt32()));
        Assert.Equal(
            [SmallRun.Experiment, second],
            history.Select(entry => ExperimentJson.Read(entry.GetProperty("experiment").GetRawText())));
        Assert.Equal(
            ["schedule.episodes 5 -> 9", "schedule.collect_interval 3 -> 7"],
            history[1].GetProperty("changed").EnumerateArray().Select(change => change.GetString()));
        Assert.Equal(ExperimentHash.Of(third), record.RootElement.GetProperty("hash").GetString());
    }

    [Theory]
    [InlineData("model.stochastic_size=5", "model.stochastic_size 4 -> 5 (the model's ")]
    [InlineData("model.depth=2", "model.depth 1 -> 2 (the model's ")]
    [InlineData(
        "task.name=reacher_easy",
        "task.name cartpole_swingup -> reacher_easy (actions would have 2 numbers, those of the model and the episodes have 1 numbers)")]
    [InlineData("task.others=cartpole_balance", "go through 1 tasks in turn, not 2")]
    [InlineData("task.image_size=32", "task.image_size 64 -> 32 (the recorded episodes have images of 64x64)")]
    [InlineData("task.image_channels=1", "task.image_channels 3 -> 1 (the images of the recorded episodes have 3 channel(s))")]
    [InlineData("schedule.seed_episodes=3", "schedule.seed_episodes 2 -> 3 (the recorded episodes")]
    [InlineData("replay.chunk_length=10", "recorded episodes have 9 entries")]
    public void Changes_that_do_not_fit_the_model_or_the_episodes_are_refused_even_with_allow_changes(string change, string reason)
    {
        Open(SmallRun.Experiment).Dispose();
        var before = File.ReadAllText(_folder["run/experiment.json"]);
        var other = Overrides.Apply(SmallRun.Experiment, change);
        other = other with { Planner = other.Planner with { Horizon = 4 } };
        var refusal = Assert.Throws<RunException>(() => Open(other, allowChanges: true));
        Assert.Contains(reason, refusal.Message);
        Assert.Contains("--out", refusal.Message);
        Assert.DoesNotContain("planner.horizon", refusal.Message);
        Assert.Equal(before, File.ReadAllText(_folder["run/experiment.json"]));
    }

    [Theory]
    [InlineData("task.name=cartpole_balance")]
    [InlineData("model.min_stddev=0.25")]
    [InlineData("planner.horizon=5")]
    public void Changes_that_keep_every_size_are_allowed(string change)
    {
        Open(SmallRun.Experiment).Dispose();
        using var changed = Open(Overrides.Apply(SmallRun.Experiment, change), allowChanges: true);
        Assert.Single(changed.Changes);
    }

    [Theory]
    [InlineData("task.image_size=32")]
    [InlineData("task.image_channels=1")]
    public void Options_of_images_may_change_in_a_run_from_state_vectors(string change)
    {
        var states = SmallRun.Experiment with { Task = SmallRun.Experiment.Task with { Observations = ObservationKind.State } };
        Open(states).Dispose();
        using var changed = Open(Overrides.Apply(states, change), allowChanges: true);
        Assert.Single(changed.Changes);
    }

    [Fact]
    public void Where_environments_run_may_change_at_any_time_and_is_recorded()
    {
        Open(SmallRun.Experiment).Dispose();
        var other = SmallRun.Experiment with { Task = SmallRun.Experiment.Task with { Isolation = EnvironmentIsolation.Process } };
        Open(other).Dispose();
        Assert.Equal(other, RunDirectory.Read(_folder["run"]).Experiment);
        Assert.DoesNotContain("history", File.ReadAllText(_folder["run/experiment.json"]));
    }

    [Fact]
    public void Another_description_is_the_same_experiment()
    {
        Open(SmallRun.Experiment).Dispose();
        using var again = Open(SmallRun.Experiment with { Description = "other words" });
        Assert.Equal(_folder["run"], again.Folder.Path);
    }

    [Fact]
    public void Another_seed_is_refused()
    {
        Open(SmallRun.Experiment).Dispose();
        var refusal = Assert.Throws<RunException>(() => RunDirectory.Open(_folder["run"], SmallRun.Experiment, 2, Facts));
        Assert.Contains("seed 1, not 2", refusal.Message);
    }

    [Fact]
    public void A_directory_of_other_files_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run/thesis.tex"], "mine");
        var refusal = Assert.Throws<RunException>(() => Open(SmallRun.Experiment));
        Assert.Contains("other files", refusal.Message);
        Assert.Equal([_folder["run/thesis.tex"]], Directory.GetFileSystemEntries(_folder["run"]));
    }

    [Fact]
    public void What_is_left_of_a_start_that_was_killed_before_its_first_file_is_no_other_file()
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run/lock"], "");
        File.WriteAllText(_folder["run/.experiment.json.x1y2z3.tmp"], "{");
        Open(SmallRun.Experiment).Dispose();
        Assert.Empty(SmallRun.Unfinished(_folder["run"]));
    }

    [Fact]
    public void A_directory_in_use_is_refused_until_it_is_released()
    {
        using (Open(SmallRun.Experiment))
        {
            Assert.Contains("Another process", Assert.Throws<RunHeldException>(() => Open(SmallRun.Experiment)).Message);
        }

        Open(SmallRun.Experiment).Dispose();
    }

    [Fact]
    public void A_path_that_cannot_be_written_is_refused_with_the_remedy()
    {
        File.WriteAllText(_folder["file"], "");
        foreach (var place in new[] { "/proc/planet/run", _folder["file"], _folder["file/run"] })
        {
            var refusal = Assert.Throws<RunException>(() => RunDirectory.Open(place, SmallRun.Experiment, 1, Facts));
            Assert.Contains(place, refusal.Message);
            Assert.Contains("--out", refusal.Message);
        }
    }

    [Fact]
    public void Half_written_files_of_a_killed_process_are_removed()
    {
        Open(SmallRun.Experiment).Dispose();
        Directory.CreateDirectory(_folder["run/report"]);
        string[] strays =
        [
            _folder["run/.state.x.tmp"], _folder["run/videos/.evaluation.gif.x.tmp"], _folder["run/report/.index.html.x.tmp"]
        ];
        Array.ForEach(strays, stray => File.WriteAllText(stray, "half"));
        Open(SmallRun.Experiment).Dispose();
        Assert.Empty(SmallRun.Unfinished(_folder["run"]));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"experiment":{"modle":{}},"seed":1}""")]
    [InlineData("""{"experiment":{},"seed":-1}""")]
    [InlineData("""{"experiment":{},"seed":"one"}""")]
    [InlineData("[]")]
    public void A_damaged_experiment_file_is_named(string content)
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run/experiment.json"], content);
        var refusal = Assert.Throws<RunException>(() => RunDirectory.Read(_folder["run"]));
        Assert.Contains(_folder["run/experiment.json"], refusal.Message);
    }

    [Fact]
    public void A_directory_without_an_experiment_is_no_run()
    {
        Assert.Contains("not a run directory", Assert.Throws<RunException>(() => RunDirectory.Read(_folder.Path)).Message);
    }

    public void Dispose()
    {
        _folder.Dispose();
    }

    private RunDirectory Open(Experiment experiment, bool allowChanges = false) =>
        RunDirectory.Open(_folder["run"], experiment, 1, Facts, allowChanges);
}

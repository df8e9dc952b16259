using PlaNet.Cli;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs.Playing;

/// <summary>Runs whose task is an external program: the client in docs/environments.md.</summary>
public sealed class OwnProgramTests
{
    [Fact]
    public void A_run_learns_in_an_external_program_and_its_model_can_be_evaluated()
    {
        using var folder = new TemporaryFolder();
        var experiment = Playing(
            folder, client => client.Replace("control_steps, action_repeat = 100, 2", "control_steps, action_repeat = 16, 2"));
        var (complete, events) = SmallRun.Run(folder["run"], experiment: experiment);
        Assert.True(complete);
        Assert.Equal(3, events.OfType<EpisodeCollected>().Count(happened => happened.Step == RunStep.Collect));
        Assert.Equal(8, Tasks.Describe(experiment.Task).Decisions);
        using var trained = TrainedModel.Load(folder["run"], TorchSharp.torch.CPU, warning => Assert.Fail(warning));
        Assert.Equal(1, trained.Model.ActionSize);
    }

    [Fact]
    public void A_program_that_crashes_in_an_episode_loses_that_episode_alone()
    {
        using var folder = new TemporaryFolder();
        var experiment = Playing(folder, client => client
            .Replace("control_steps, action_repeat = 100, 2", "control_steps, action_repeat = 16, 2")
            .Replace(
                "        self.steps += 1\n",
                "        self.steps += 1\n        if self.steps == 9 and __import__('os').path.exists(sys.argv[1]): sys.exit(3)\n"));
        experiment = experiment with { Task = experiment.Task with { Command = experiment.Task.Command + " " + folder["crash"] } };
        var failure = Assert.Throws<RoleFailedException>(() => SmallRun.Run(folder["run"], (happened, _) =>
        {
            if (happened is UpdateDone { Progress.Updates: 4 })
            {
                File.WriteAllText(folder["crash"], "");
            }
        }, experiment));
        Assert.Contains("exit code 3", failure.Message);
        File.Delete(folder["crash"]);
        Assert.True(SmallRun.Run(folder["run"], experiment: experiment).Complete);
        SmallRun.Run(folder["whole"], experiment: experiment);
        Assert.Equal(
            SmallRun.Fingerprint(folder["whole"]),
            SmallRun.Fingerprint(folder["run"]).Where(line => !line.Contains("incidents/", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_program_that_sends_a_wrong_number_in_an_episode_ends_the_run_at_once_and_the_mended_one_resumes_it()
    {
        using var folder = new TemporaryFolder();
        var experiment = Playing(folder, client => Announcing(client, 16).Replace(
            "return 1.0 - abs(self.position)",
            "return 1e39 if self.steps == 9 and __import__('os').path.exists(sys.argv[1]) else 1.0 - abs(self.position)"));
        experiment = experiment with { Task = experiment.Task with { Command = experiment.Task.Command + " " + folder["wrong"] } };
        var events = new List<RunEvent>();
        var failure = Assert.Throws<EnvironmentProcessException>(() => SmallRun.Run(folder["run"], (happened, _) =>
        {
            events.Add(happened);
            if (happened is UpdateDone { Progress.Updates: 4 })
            {
                File.WriteAllText(folder["wrong"], "");
            }
        }, experiment));
        Assert.Contains(folder["client.py"], failure.Message);
        Assert.Contains("the reward is outside the range of 32-bit floats", failure.Message);
        Assert.StartsWith($"FAILED: {failure.Message}", File.ReadAllText(folder["run/state"]));
        Assert.DoesNotContain(events, happened => happened is RunIncident);
        File.Delete(folder["wrong"]);
        Assert.True(SmallRun.Run(folder["run"], experiment: experiment).Complete);
    }

    [Fact]
    public void A_program_whose_images_the_model_cannot_take_is_refused()
    {
        using var folder = new TemporaryFolder();
        var experiment = Playing(folder, client => client.Replace("height = width = 64", "height = width = 32"));
        var failure = Assert.Throws<RunException>(() => Tasks.Create(experiment.Task));
        Assert.Contains(
            "images of 32x32, but task.image_size is 64. Set task.image_size=32, or change the program to draw images of 64x64",
            failure.Message);
        Assert.True(SmallRun.Run(
            folder["run"], experiment: experiment with { Task = experiment.Task with { ImageSize = 32 } }).Complete);
        Assert.Contains(
            "task.command",
            Assert.Throws<RunException>(() => Tasks.Create(experiment.Task with { Command = "sim \"a" })).Message);
    }

    [Theory]
    [InlineData("for _ in range(3))", ")", "announced an observation of 4100 bytes, but its first line describes one of 12292")]
    [InlineData("for _ in range(3))", ")", "if its images are grey, it must describe them with \"channels\": 1")]
    [InlineData("0.1 * action[0]", "0.1 * action[1]", "IndexError")]
    [InlineData("control_steps, action_repeat = 100, 2", "control_steps, action_repeat = 2**31 - 1, 2", "episodes of 1073741824 decisions")]
    [InlineData("environment = Slide()", "sys.exit('no licence')", "no licence")]
    public void A_program_that_is_not_what_it_announces_is_refused_before_the_run_is_made(string correct, string wrong, string message)
    {
        using var folder = new TemporaryFolder();
        var experiment = Playing(folder, client => client.Replace(correct, wrong));
        Assert.DoesNotContain(correct, File.ReadAllText(folder["client.py"]));
        var failure = Assert.Throws<RunException>(() => SmallRun.Run(folder["run"], experiment: experiment));
        Assert.Contains(message, failure.Message);
        Assert.Contains("client.py", failure.Message);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void A_run_whose_program_announces_other_actions_than_before_is_refused_at_once()
    {
        using var folder = new TemporaryFolder();
        string Short(string client) => client.Replace("control_steps, action_repeat = 100, 2", "control_steps, action_repeat = 16, 2");
        SmallRun.Run(
            folder["run"],
            (happened, source) =>
            {
                if (happened is UpdateDone)
                {
                    source.Cancel();
                }
            },
            Playing(folder, Short));
        var experiment = Playing(
            folder, client => Short(client).Replace("low, high = [-1.0], [1.0]", "low, high = [-1.0, 0.0], [1.0, 2.0]"));
        var resumed = Assert.Throws<RunException>(() => SmallRun.Run(folder["run"], experiment: experiment));
        var loaded = Assert.Throws<RunException>(
            () => TrainedModel.Load(folder["run"], TorchSharp.torch.CPU, warning => Assert.Fail(warning)));
        Assert.All([resumed, loaded], failure =>
        {
            Assert.Contains(folder["run"], failure.Message);
            Assert.Contains("actions have 2 numbers", failure.Message);
            Assert.Contains("task.command", failure.Message);
            Assert.DoesNotContain("(Parameter", failure.Message);
        });
    }

    [Fact]
    public void Episodes_that_never_end_are_truncated_with_one_warning()
    {
        using var folder = new TemporaryFolder();
        var experiment = Playing(folder, client => client
            .Replace("control_steps, action_repeat = 100, 2", "control_steps, action_repeat = 16, 2")
            .Replace("environment.steps >= environment.control_steps", "False"));
        var (complete, events) = SmallRun.Run(folder["run"], experiment: experiment);
        Assert.True(complete);
        Assert.Contains("announced episodes of 8 decisions", Assert.Single(events.OfType<RunWarning>()).Message);
        Assert.All(Recorded(folder["run"]), length => Assert.Equal(9, length));
    }

    [Fact]
    public async Task A_run_finds_its_relative_program_from_any_folder()
    {
        using var folder = new TemporaryFolder();
        Playing(folder, client => client.Replace("control_steps, action_repeat = 100, 2", "control_steps, action_repeat = 16, 2"));
        string[] Train(string run) =>
            ["train", .. SmallRun.Words, "--set=task.name=slide", "--set=task.command=python3 ./client.py", "--out", folder[run]];
        var (code, output, error) = await PlanetProcess.RunBy(
            ["env", "--chdir", folder.Path], [.. Train("run"), "--set=schedule.episodes=3"]);
        Assert.True(code == ExitCode.Success, output + error);
        Assert.Equal(folder.Path, RunDirectory.Read(folder["run"]).Experiment.Task.CommandFolder);
        Assert.NotEqual(folder.Path, Environment.CurrentDirectory);

        (code, output, error) = await PlanetProcess.Run(
            ["evaluate", "--run", folder["run"], "--episodes", "1", "--video", folder["seen.GIF"]]);
        Assert.True(code == ExitCode.Success, output + error);
        Assert.True(File.Exists(folder["seen.GIF"]));
        (code, output, error) = await PlanetProcess.Run([.. Train("run"), "--set=schedule.episodes=4", "--allow-changes"]);
        Assert.True(code == ExitCode.Success, output + error);

        // A new run looks in the folder in which it is made.
        (code, _, error) = await PlanetProcess.Run(Train("other"));
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.StartsWith("planet: task.command: ", error);
        Assert.Single(error, character => character == '\n');
    }

    [Fact]
    public void A_folder_of_a_program_that_is_gone_is_named()
    {
        var task = new TaskOptions { Command = "./sim", CommandFolder = "/no/such/folder" };
        var failure = Assert.Throws<RunException>(() => Tasks.Create(task));
        Assert.Contains("/no/such/folder", failure.Message);
        Assert.Contains("--set task.command_folder=DIR", failure.Message);
    }

    private static IEnumerable<int> Recorded(string run)
    {
        var store = EpisodeStore.Open(new RunFolder(run).TrainEpisodes, 0, readOnly: true);
        return store.List().Select(entry => store.Load(entry.Name).Length);
    }

    [Fact]
    public void Episodes_shorter_than_a_chunk_are_kept_and_counted_but_not_sampled_also_over_an_interruption()
    {
        using var folder = new TemporaryFolder();
        ulong[] ended =
        [
            RunSchedule.SeedOf(3, RunStep.CollectSeedEpisode, 0),
            RunSchedule.SeedOf(3, RunStep.CollectTestEpisode, 0),
            RunSchedule.SeedOf(3, RunStep.Collect, 1)
        ];
        var experiment = Playing(folder, client => Announcing(client, 16)
            .Replace("self.steps = 0\n", $"self.steps, self.short = 0, seed in ({string.Join(", ", ended)})\n")
            .Replace(
                "environment.steps >= environment.control_steps",
                "environment.steps >= (4 if environment.short else environment.control_steps)"));
        var (complete, events) = SmallRun.Run(folder["whole"], experiment: experiment);
        Assert.True(complete);
        Assert.Equal([1, 1, 2, 2, 3, 3], events.OfType<EpisodeCollected>().Select(collected => collected.TooShort));
        Assert.Contains(
            "1 recorded episode has fewer rows than replay.chunk_length, which is 4.",
            Assert.Single(events.OfType<RunWarning>()).Message,
            StringComparison.Ordinal);
        Assert.All(events.OfType<EvaluationDone>(), evaluation => Assert.Null(evaluation.Test));

        SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (happened is EpisodeCollected { TooShort: 3 })
                {
                    interrupt.Cancel();
                }
            },
            experiment);
        var (resumed, rest) = SmallRun.Run(folder["run"], experiment: experiment);
        Assert.True(resumed);
        Assert.StartsWith(
            "3 recorded episodes have fewer rows", Assert.Single(rest.OfType<RunWarning>()).Message, StringComparison.Ordinal);
        var fingerprint = SmallRun.Fingerprint(folder["whole"]);
        Assert.Equal(fingerprint, SmallRun.Fingerprint(folder["run"]));
        Assert.Equal(6, fingerprint.Count(line => line.Contains("replay/too_short=", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_run_none_of_whose_episodes_is_as_long_as_a_chunk_ends_after_the_seed_episodes_and_goes_on_with_shorter_chunks()
    {
        using var folder = new TemporaryFolder();
        var experiment = Playing(folder, client => Announcing(client, 16)
            .Replace("environment.steps >= environment.control_steps", "environment.steps >= 4"));
        var happened = new List<RunEvent>();
        var refused = Assert.Throws<RunException>(() => SmallRun.Run(folder["run"], (next, _) => happened.Add(next), experiment));
        Assert.Contains("the longest of the 2 recorded episodes has 3 rows", refused.Message, StringComparison.Ordinal);
        Assert.Contains(
            "lower replay.chunk_length to 3 or less. With --allow-changes, this run continues", refused.Message, StringComparison.Ordinal);
        Assert.Equal(3, happened.OfType<EpisodeCollected>().Count());
        Assert.DoesNotContain(happened, next => next is RunIncident);
        var (complete, events) = SmallRun.Run(
            folder["run"], experiment: experiment with { Replay = experiment.Replay with { ChunkLength = 3 } }, allowChanges: true);
        Assert.True(complete);
        Assert.All(events.OfType<EpisodeCollected>(), collected => Assert.Equal(0, collected.TooShort));
    }

    [Fact]
    public void A_program_that_announces_episodes_shorter_than_a_chunk_is_refused_before_the_run_directory_exists()
    {
        using var folder = new TemporaryFolder();
        var experiment = Playing(folder, client => Announcing(client, 4));
        var refused = Assert.Throws<RunException>(() => SmallRun.Run(folder["run"], experiment: experiment));
        Assert.Contains(
            "replay.chunk_length is 4: it must be at most 3, the rows of an episode of slide", refused.Message, StringComparison.Ordinal);
        Assert.Contains("lower replay.chunk_length to 3 or less", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    private static string Announcing(string client, int controlSteps) =>
        client.Replace("control_steps, action_repeat = 100, 2", $"control_steps, action_repeat = {controlSteps}, 2");

    private static Experiment Playing(TemporaryFolder folder, Func<string, string> change)
    {
        Assert.SkipUnless(
            Array.Exists(
                Environment.GetEnvironmentVariable("PATH")!.Split(':'), path => File.Exists(Path.Combine(path, "python3"))),
            "python3 is not installed.");
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "environments.md"));
        File.WriteAllText(folder["client.py"], change(page.Split("```python\n")[1].Split("```")[0]));
        return SmallRun.Experiment with
        {
            Task = SmallRun.Experiment.Task with { Name = "slide", Command = $"python3 \"{folder["client.py"]}\"" }
        };
    }
}

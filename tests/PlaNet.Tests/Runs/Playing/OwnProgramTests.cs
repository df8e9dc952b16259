using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs.Playing;

/// <summary>Runs whose task is an external program: the client in docs/environments.md.</summary>
public sealed class OwnProgramTests
{
    [Fact]
    public void A_run_learns_in_an_external_program_and_its_model_can_be_evaluated()
    {
        using var folder = new TemporaryFolder();
        var experiment = Playing(folder, client => client.Replace("control_steps, action_repeat = 100, 2", "control_steps, action_repeat = 16, 2"));
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
            .Replace("        self.steps += 1\n", "        self.steps += 1\n        if self.steps == 9 and __import__('os').path.exists(sys.argv[1]): sys.exit(3)\n"));
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
    public void A_program_whose_images_the_model_cannot_take_is_refused()
    {
        using var folder = new TemporaryFolder();
        var experiment = Playing(folder, client => client.Replace("height = width = 64", "height = width = 32"));
        var failure = Assert.Throws<RunException>(() => Tasks.Create(experiment.Task));
        Assert.Contains("images of 32x32, but the model takes 64x64", failure.Message);
        Assert.Contains("task.command", Assert.Throws<RunException>(() => Tasks.Create(experiment.Task with { Command = "sim \"a" })).Message);
    }

    private static Experiment Playing(TemporaryFolder folder, Func<string, string> change)
    {
        Assert.SkipUnless(Array.Exists(Environment.GetEnvironmentVariable("PATH")!.Split(':'), path => File.Exists(Path.Combine(path, "python3"))), "python3 is not installed.");
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "environments.md"));
        File.WriteAllText(folder["client.py"], change(page.Split("```python\n")[1].Split("```")[0]));
        return SmallRun.Experiment with { Task = SmallRun.Experiment.Task with { Name = "slide", Command = $"python3 \"{folder["client.py"]}\"" } };
    }
}

using System.Text.Json;
using PlaNet.Cli;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Watching;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>Whole runs of a program whose actions are choices: the client of docs/environments.md with its documented changes.</summary>
public sealed class DiscreteRunTests
{
    private const string Announced = "\"action\": {\"choices\": environment.choices},";

    [Fact]
    public async Task A_run_learns_from_choices_and_resumes_bit_for_bit_after_kills()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        string[] Train(string run) =>
            ["train", .. SmallRun.Words, "--set=task.name=slide", "--set=task.command=python3 ./client.py", "--seed", "3", "--out", folder[run]];
        Task<(int Code, string Output, string Error)> InFolder(params string[] words) =>
            PlanetProcess.RunBy(["env", "--chdir", folder.Path], words);
        var (code, output, error) = await InFolder(Train("whole"));
        Assert.True(code == ExitCode.Success, output + error);
        foreach (var fault in new[] { "env.step@13=kill", "planner.decide@3=kill" })
        {
            (code, output, error) = await InFolder([.. Train("run"), $"--fault={fault}"]);
            Assert.True(code == 128 + 9, output + error);
        }

        (code, output, error) = await InFolder(Train("run"));
        Assert.True(code == ExitCode.Success, output + error);
        Assert.Equal(SmallRun.Fingerprint(folder["whole"]), SmallRun.Fingerprint(folder["run"]));
        var choices = Choices(folder["run"]);
        Assert.Equal([0, 1, 2], choices.Distinct().Order());

        (code, output, error) = await InFolder("evaluate", "--run", folder["run"], "--episodes", "1");
        Assert.True(code == ExitCode.Success, output + error);
        (code, _, error) = await InFolder("evaluate", "--run", folder["run"], "--set", "planner.method=icem");
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains(
            "The actions of task slide are 3 choices. planner.method is icem, which plans continuous actions only", error,
            StringComparison.Ordinal);
        (code, _, error) = await InFolder("evaluate", "--run", folder["run"], "--task", "cheetah_run");
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains("one of 3 choices, and the tasks of the suite have continuous actions", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PlannerMethod.Cem, CollectionPolicy.Planner)]
    [InlineData(PlannerMethod.RandomShooting, CollectionPolicy.Random)]
    public void Displays_show_the_probabilities_of_the_choices(PlannerMethod method, CollectionPolicy collect)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var experiment = Playing(folder) with
        {
            Planner = SmallRun.Experiment.Planner with { Method = method },
            Schedule = SmallRun.Experiment.Schedule with { Collect = collect },
        };
        Assert.True(SmallRun.Run(folder["run"], experiment: experiment).Complete);
        Assert.NotEmpty(Choices(folder["run"]));
        using var live = JsonDocument.Parse(File.ReadAllText(folder["run/live.json"]));
        var decision = live.RootElement.GetProperty("decision");
        Assert.True(decision.GetProperty("discrete").GetBoolean());
        Assert.Equal(1, decision.GetProperty("action").EnumerateArray().Sum(value => value.GetDouble()));
        Assert.All(
            decision.GetProperty("belief_mean").EnumerateArray(),
            row => Assert.Equal(1, row.EnumerateArray().Sum(value => value.GetDouble()), 5));
        Assert.Equal(3, decision.GetProperty("predicted_rewards").GetArrayLength());

        using var watched = new WatchSession(
            new WatchOptions(folder["run"], EvaluationTasks.All(experiment.Task), experiment.Planner, Seed: 1, torch.CPU) { Elites = 2 });
        watched.Forward();
        var shown = watched.History.Shown.Decision!;
        Assert.True(shown.IsDiscrete);
        Assert.Equal((1f, 2), (shown.Action.Sum(), shown.Action.Count(value => value == 0)));
        Assert.Equal(3, shown.BeliefMean.Length);
        Assert.All(shown.BeliefMean, row => Assert.Equal(1, row.Sum(), 5));
        Assert.Equal(2, shown.Elites.Count);
    }

    [Fact]
    public void A_planner_of_continuous_actions_is_refused_before_the_run_directory_exists()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        foreach (var method in new[] { PlannerMethod.Icem, PlannerMethod.Mppi, PlannerMethod.CemGradient })
        {
            var experiment = Playing(folder) with { Planner = SmallRun.Experiment.Planner with { Method = method } };
            var refusal = Assert.Throws<RunException>(() => SmallRun.Run(folder["run"], experiment: experiment));
            Assert.Contains(
                $"planner.method is {ExperimentOption.Format(method)}, which plans continuous actions only: for discrete actions it must be "
                + "cem or random_shooting; set planner.method=cem.",
                refusal.Message,
                StringComparison.Ordinal);
            Assert.False(Directory.Exists(folder["run"]));
        }
    }

    [Fact]
    public void A_run_of_choices_cannot_continue_with_numbers()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var experiment = Playing(folder);
        SmallRun.Run(folder["run"], (_, interrupt) => interrupt.Cancel(), experiment);
        File.WriteAllText(
            folder["other.py"],
            File.ReadAllText(folder["client.py"])
                .Replace(Announced, "\"action\": {\"low\": [0] * 3, \"high\": [1] * 3},", StringComparison.Ordinal)
                .Replace("(action - 1)", "action[0]", StringComparison.Ordinal));
        var other = experiment with { Task = experiment.Task with { Command = $"python3 \"{folder["other.py"]}\"" } };
        var refusal = Assert.Throws<RunException>(() => SmallRun.Run(folder["run"], experiment: other, allowChanges: true));
        Assert.Contains(
            "(actions would have 3 numbers, those of the model and the episodes have 3 choices)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cost_of_planning_choices_is_measured()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        SmallRun.UseOneThread();
        Assert.InRange(RunCost.Measure(Playing(folder), torch.CPU).StepSeconds, 1e-6, 60);
    }

    // Of all recorded actions, which must be one-hot.
    private static int[] Choices(string run)
    {
        var folder = new RunFolder(run);
        var choices = new List<int>();
        foreach (var episodes in new[] { folder.TrainEpisodes, folder.TestEpisodes })
        {
            var store = EpisodeStore.Open(episodes, 0, readOnly: true);
            foreach (var episode in store.List().Select(entry => store.Load(entry.Name)))
            {
                Assert.Equal(3, episode.ActionSize);
                float[][] rows = [.. episode.Action.Chunk(3)];
                Assert.Equal([0, 0, 0], rows[0]);
                Assert.All(rows.Skip(1), row => Assert.Equal([0, 0, 1], row.Order()));
                choices.AddRange(rows.Skip(1).Select(row => Array.IndexOf(row, 1)));
            }
        }

        return [.. choices];
    }

    private static Experiment Playing(TemporaryFolder folder) => SmallRun.Experiment with
    {
        Task = SmallRun.Experiment.Task with { Name = "slide", Command = $"python3 \"{folder["client.py"]}\"" },
    };

    private static void Write(TemporaryFolder folder)
    {
        Assert.SkipUnless(
            Array.Exists(
                Environment.GetEnvironmentVariable("PATH")!.Split(':'), path => File.Exists(Path.Combine(path, "python3"))),
            "python3 is not installed.");
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "environments.md"));
        var client = page.Split("```python\n")[1].Split("```")[0]
            .Replace("control_steps, action_repeat = 100, 2", "control_steps, action_repeat = 16, 2", StringComparison.Ordinal);
        foreach (var (before, after) in new[]
        {
            ("low, high = [-1.0], [1.0]", "choices = 3"),
            ("0.1 * action[0]", "0.1 * (action - 1)"),
            ("\"action\": {\"low\": environment.low, \"high\": environment.high},", Announced),
        })
        {
            Assert.Contains(before, client, StringComparison.Ordinal);
            Assert.Contains($"`{after}`", page, StringComparison.Ordinal);
            client = client.Replace(before, after, StringComparison.Ordinal);
        }

        File.WriteAllText(folder["client.py"], client);
    }
}

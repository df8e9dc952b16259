using System.Globalization;
using System.Text.Json;
using PlaNet.Cli;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>Evaluations with another planner, in other tasks, and their results as JSON.</summary>
public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task The_result_is_written_as_json()
    {
        SmallRun.Run(_folder["run"]);
        string[] words = ["evaluate", "--run", _folder["run"], "--episodes", "3", "--seed", "5", "-s", "planner.horizon=7"];
        var (code, output, error) = await PlanetCommandLine.Run([.. words, "--json", _folder["result.json"]]);
        Assert.Equal((ExitCode.Success, ""), (code, PlanetProcess.WithoutProgress(error)));
        using var written = JsonDocument.Parse(await File.ReadAllTextAsync(_folder["result.json"]));
        var result = written.RootElement;
        Assert.Equal(_folder["run"], result.GetProperty("run").GetString());
        Assert.Equal(ExperimentHash.Of(SmallRun.Experiment), result.GetProperty("hash").GetString());
        Assert.Equal("model", result.GetProperty("policy").GetString());
        Assert.Equal(10, result.GetProperty("checkpoint").GetProperty("updates").GetInt32());
        Assert.Equal(18, result.GetProperty("checkpoint").GetProperty("step").GetInt32());
        Assert.Equal(7, result.GetProperty("planner").GetProperty("horizon").GetInt32());
        Assert.Equal(8, result.GetProperty("planner").GetProperty("candidates").GetInt32());
        var task = Assert.Single(result.GetProperty("tasks").EnumerateArray());
        Assert.Equal(("cartpole_swingup", 125), (task.GetProperty("task").GetString(), task.GetProperty("action_repeat").GetInt32()));
        Assert.Equal(
            Enumerable.Range(0, 3).Select(i => $"{RandomStream.Derive(5, "environment", (ulong)i)}"),
            task.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetString()));
        double[] returns = [.. task.GetProperty("returns").EnumerateArray().Select(value => value.GetDouble())];
        foreach (var (index, value) in returns.Index())
        {
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"episode {index + 1}: {value:F1}\n"), output);
        }

        foreach (var statistics in new[] { result, task })
        {
            Assert.Equal(returns.Average(), statistics.GetProperty("mean").GetDouble(), 9);
            Assert.Equal(returns.Order().ElementAt(1), statistics.GetProperty("median").GetDouble(), 9);
            var interval = statistics.GetProperty("interval");
            Assert.InRange(interval.GetProperty("low").GetDouble(), returns.Min(), returns.Average());
            Assert.InRange(interval.GetProperty("high").GetDouble(), returns.Average(), returns.Max());
        }

        Assert.InRange(result.GetProperty("seconds").GetDouble(), 0.001, 1000);
        Assert.NotEmpty(result.GetProperty("evaluated_with").GetProperty("planet").GetString()!);

        // The same result on standard output, and nothing else there.
        var (again, only, text) = await PlanetCommandLine.Run([.. words, "--json", "-"]);
        Assert.Equal(ExitCode.Success, again);
        Assert.Equal(output, PlanetProcess.WithoutProgress(text));
        using var printed = JsonDocument.Parse(only);
        Assert.Equal(
            returns, printed.RootElement.GetProperty("tasks")[0].GetProperty("returns").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(["result.json", "run"], _folder.Names());
    }

    [Fact]
    public async Task A_random_policy_has_neither_a_checkpoint_nor_a_planner_and_one_episode_no_interval()
    {
        SmallRun.Run(_folder["run"], experiment: ShortRun.Experiment);
        var (code, output, error) = await PlanetCommandLine.Run(
            ["evaluate", "--run", _folder["run"], "--random", "--episodes", "1", "--json", "-"]);
        Assert.True(code == ExitCode.Success, error);
        using var document = JsonDocument.Parse(output);
        Assert.Equal("random", document.RootElement.GetProperty("policy").GetString());
        foreach (var name in new[] { "checkpoint", "planner", "interval" })
        {
            Assert.Equal(JsonValueKind.Null, document.RootElement.GetProperty(name).ValueKind);
        }
    }

    [Fact]
    public async Task A_run_is_evaluated_in_another_task_and_in_one_of_its_own()
    {
        SmallRun.Run(_folder["run"], experiment: ShortRun.Experiment);
        string[] words = ["evaluate", "--run", _folder["run"], "--episodes", "1", "--json", _folder["result.json"]];
        var (code, output, _) = await PlanetCommandLine.Run([.. words, "--task", "cartpole_balance"]);
        Assert.Equal(ExitCode.Success, code);
        Assert.StartsWith("task cartpole_balance, action repeat 125 (as cartpole_swingup has in the run)\n", output);
        Assert.Equal("cartpole_balance", Evaluated());
        var balanced = output.Split('\n').Single(line => line.StartsWith("episode 1: ", StringComparison.Ordinal));
        (code, output, _) = await PlanetCommandLine.Run([.. words, "--task", "cartpole_swingup"]);
        Assert.Equal(ExitCode.Success, code);
        Assert.StartsWith("task cartpole_swingup, action repeat 125 (as in the run)\n", output);
        Assert.DoesNotContain(balanced, output);
        Assert.Equal("cartpole_swingup", Evaluated());

        string Evaluated()
        {
            using var document = JsonDocument.Parse(File.ReadAllText(_folder["result.json"]));
            return document.RootElement.GetProperty("tasks")[0].GetProperty("task").GetString()!;
        }
    }

    [Fact]
    public async Task What_cannot_work_is_refused_before_the_model_is_loaded()
    {
        SmallRun.Run(_folder["run"], experiment: ShortRun.Experiment);
        File.WriteAllText(_folder["file"], "");

        // Loading would fail with another message.
        Directory.Delete(_folder["run/checkpoints"], recursive: true);
        await Refused(["--task", "cheetah_run"], "--task cheetah_run: ", "has size 6", "has size 1", "cartpole_balance");
        await Refused(["--task", "cartpole"], "--task cartpole: ", "did you mean cartpole_");
        await Refused(["--json", _folder["nowhere/result.json"]], "--json ", "there is no folder");
        await Refused(["--json", _folder["run"]], "--json ", "is a folder");
        await Refused(["--json", ""], "--json is empty");
        await Refused(["--json", _folder["file/result.json"]], "--json ", "there is no folder");
        await Refused(["-s", "planner.elites=9"], "planner.elites", "planner.candidates");
        await Refused(["-s", "model.depth=3"], "only options of the planner");
        await Refused([], "has no checkpoint yet");
        Assert.Equal(["file", "run"], _folder.Names());
    }

    public void Dispose() => _folder.Dispose();

    private async Task Refused(string[] words, params string[] parts)
    {
        var (code, output, error) = await PlanetCommandLine.Run(["evaluate", "--run", _folder["run"], "--episodes", "1", .. words]);
        Assert.True(code == ExitCode.UnusableInput, $"exit code {code}: {output}{error}");
        Assert.All(parts, part => Assert.Contains(part, error));
    }
}

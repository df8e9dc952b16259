using PlaNet.Cli;
using PlaNet.Loading;
using PlaNet.Runs;
using PlaNet.Runs.Results;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs;

/// <summary>A run through the library alone, with the code that the README shows.</summary>
public sealed class RunSessionTests
{
    [Fact]
    public async Task A_run_by_the_library_leaves_the_same_files_as_the_command()
    {
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();
        SmallRun.UseOneThread();

        var experiment = SmallRun.Experiment;
        TorchRuntime.Configure(experiment.Compute); // loads libtorch: before the first tensor or device
        using var stop = new CancellationTokenSource();
        using var run = RunSession.Open(new RunOptions(folder["mine"], experiment, Seed: 3, torch.CPU)
        {
            Watch = happened =>
            {
                if (happened is EvaluationDone evaluation)
                {
                    output.WriteLine($"{evaluation.Progress.Episodes} episodes: {Summary.Of(evaluation.Returns)}");
                }
            },
        });
        var complete = await run.TrainAsync(stop.Token);

        Assert.True(complete);
        Assert.Contains("5 episodes: mean ", output.ToString());
        var (code, _, error) = await PlanetProcess.Run(
            ["train", .. SmallRun.Words, "--seed", "3", "--out", folder["theirs"]], ("PLANET__FFMPEG", new PlanetSettings().Ffmpeg));
        Assert.True(code == ExitCode.Success, error);
        Assert.Equal(Files(folder["theirs"]), Files(folder["mine"]));
        Assert.Equal("DONE\n", File.ReadAllText(folder["mine/state"]));

        var source = Lines(File.ReadAllText(Path.Combine(Repository.Root, "tests", "PlaNet.Tests", "Runs", "RunSessionTests.cs")));
        var sample = File.ReadAllText(Path.Combine(Repository.Root, "README.md")).Split("```csharp")[1].Split("```")[0]
            .Replace("\"runs/mine\"", "folder[\"mine\"]")
            .Replace("CpuSized.Quickstart", "SmallRun.Experiment")
            .Replace("Console", "output");
        Assert.All(Lines(sample), line => Assert.Contains(line, source));
        Assert.InRange(Lines(sample).Length, 10, 20);
    }

    [Fact]
    public async Task A_failed_run_records_its_state_and_releases_the_directory()
    {
        using var folder = new TemporaryFolder();
        var options = new RunOptions(folder["run"], SmallRun.Experiment, Seed: 3, torch.CPU)
        {
            Faults = PlaNet.Runs.Faults.FaultPlan.Parse(["replay.append@1=disk-full"]),
        };
        using (var run = RunSession.Open(options))
        {
            Assert.Throws<RunHeldException>(() => RunSession.Open(options));
            await Assert.ThrowsAnyAsync<IOException>(() => run.TrainAsync());
            Assert.StartsWith("FAILED: ", File.ReadAllText(run.Folder.StateFile));
        }

        Assert.Equal("replay.append@1=disk-full\n", File.ReadAllText(folder["run/faults.txt"]));
        using var again = RunSession.Open(options);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // The names of episodes, which are left out, and of the event file, which is renamed, contain the time of the run.
    private static IEnumerable<string> Files(string run) => Directory.EnumerateFileSystemEntries(run, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(run, path))
        .Select(name => name.StartsWith("events.out.tfevents.", StringComparison.Ordinal) ? "events" : name)
        .Where(name => !name.EndsWith(".npz", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}

using PlaNet.Catalog;
using PlaNet.Cli;
using PlaNet.Cluster.Stores;
using PlaNet.Runs.Results;
using PlaNet.Telemetry;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>Whole grids through <c>planet grid</c>: runs that are killed or fail, and commands that are killed.</summary>
public sealed class GridCommandTests
{
    [Fact]
    public async Task A_grid_whose_runs_and_command_are_killed_ends_like_an_undisturbed_one()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        string[] Grid(string runs) => ["grid", .. SmallGrid.Words, "--runs", folder[runs], "--workers", "2"];
        var (code, output, error) = await PlanetProcess.Run(Grid("whole"), settings);
        Assert.True(code == ExitCode.Success, error + output);
        Assert.Contains("2 of 2 done, 100 % of all steps", output);
        Assert.DoesNotContain('\r', output);
        var cells = SmallGrid.Cells(folder["whole"]);

        using (var planet = PlanetProcess.Start(Grid("killed"), settings))
        {
            await planet.Logged(folder["killed/" + cells[0]], _ => true);
            await planet.KillChildren();

            // The killed run is retried. Then the command is killed, and its children have to end by themselves.
            await Until(folder["killed"], rows => rows.Any(row => row.State is { Status: CellStatus.Running, Epoch: > 1 }));
            await planet.Logged(folder["killed/" + cells[1]], line => line.Values[RunTags.ScheduleStep] >= 5);
            await planet.Kill();
        }

        var (again, secondOutput, secondError) = await PlanetProcess.Run(Grid("killed"), settings);
        Assert.True(again == ExitCode.Success, secondError + secondOutput);
        Assert.Contains("2 runs, 0 of them new to the store", secondOutput);
        Assert.Contains("2 of 2 done", secondOutput);
        using var store = SmallGrid.Store(folder["killed"]);
        foreach (var cell in store.List())
        {
            var run = folder["killed/" + cell.Key.Name];
            Assert.Equal("DONE\n", File.ReadAllText(run + "/state"));
            Assert.Equal(SmallRun.Fingerprint(folder["whole/" + cell.Key.Name]), SmallRun.Fingerprint(run));
            var history = store.History(cell.Key);
            Assert.Single(history, happened => happened.Status == CellStatus.Done);
        }

        Assert.Contains(
            store.List().SelectMany(cell => store.History(cell.Key)),
            happened => happened.Reason.Contains("killed by signal 9", StringComparison.Ordinal));

        // The grid is complete: the same command claims no cell.
        var claims = store.List().Sum(cell => cell.State.Epoch);
        Assert.Equal(ExitCode.Success, (await PlanetProcess.Run(Grid("killed"), settings)).Code);
        Assert.Equal(claims, store.List().Sum(cell => cell.State.Epoch));
    }

    [Fact]
    public async Task A_run_that_cannot_start_fails_with_its_reason_while_the_others_continue()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        string[] words = ["grid", .. SmallGrid.Words, "--runs", folder["runs"], "--workers", "1"];
        string broken;
        using (var planet = PlanetProcess.Start(words, settings))
        {
            // The first run is stopped at once; its directory is damaged before it resumes.
            await planet.Logged(folder["runs/" + First()], _ => true);
            await planet.Interrupt();
            var (stopped, stoppedOutput, _) = await planet.End();
            Assert.Equal(ExitCode.Interrupted, stopped);
            Assert.Contains("given back to the queue", stoppedOutput);
            broken = folder["runs/" + First()];
            Assert.Equal("INTERRUPTED\n", File.ReadAllText(broken + "/state"));
        }

        File.WriteAllText(broken + "/experiment.json", "{}");
        var (code, output, error) = await PlanetProcess.Run(words, settings);
        Assert.Equal((ExitCode.Failure, ""), (code, error));
        Assert.Contains("1 of 2 done, 1 failed", output);
        Assert.Contains($"FAILED {First()}: ", output);
        Assert.Contains("experiment.json is damaged", output);

        var status = await PlanetProcess.Run(["status", "--runs", folder["runs"]]);
        Assert.Contains("Smoke: 1 of 2 done, 1 failed", status.Output);
        Assert.Contains("experiment.json is damaged", status.Output);
        Directory.Delete(broken, recursive: true);
        Assert.Equal(ExitCode.Success, (await PlanetProcess.Run(["cell", "requeue", First()[..^5], "--runs", folder["runs"]])).Code);
        Assert.Equal(ExitCode.Success, (await PlanetProcess.Run(["grid", "--workers", "1", "--runs", folder["runs"]], settings)).Code);
        Assert.Equal("DONE\n", File.ReadAllText(broken + "/state"));

        string First() => FirstCell;
    }

    [Fact]
    public async Task A_cancelled_run_is_stopped_and_not_retried()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        using var planet = PlanetProcess.Start(
            ["grid", .. SmallGrid.Words, "--runs", folder["runs"], "--workers", "2", "--set=schedule.collect_interval=100000"], settings);
        Directory.CreateDirectory(folder["runs"]);
        var grid = SmokeGrid.Smoke.WithSeeds(1).With([.. Changes(), "schedule.collect_interval=100000"]);
        foreach (var cell in grid.Cells)
        {
            await planet.Logged(folder["runs/" + cell.Name], line => line.Values.ContainsKey(MetricTags.ImageLoss));
        }

        // Status and cancellation go through the node of the command that runs the grid: there is no note that only the store was read.
        var status = await PlanetProcess.Run(["status", "--runs", folder["runs"]]);
        Assert.True(status.Code == ExitCode.Success, status.Error + status.Output);
        var node = Assert.Single(
            status.Output.Split('\n'), line => line.Contains("coordinator, worker  up ", StringComparison.Ordinal)).Split(' ')[0];
        Assert.StartsWith("127.0.0.1:", node);
        Assert.Contains("2 of 2", status.Output);
        Assert.DoesNotContain("note:", status.Output);
        Assert.All(grid.Cells, cell => Assert.Contains(
            $"{cell.Name} running {node}",
            status.Output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(3)))));
        foreach (var cell in grid.Cells)
        {
            var cancel = await PlanetProcess.Run(["cell", "cancel", cell.Name, "--join", node]);
            Assert.True(cancel.Code == ExitCode.Success, cancel.Error + cancel.Output);
            Assert.Equal($"{cell.Name}: cancel done\n", cancel.Output);
        }

        var (code, output, _) = await planet.End();
        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("0 of 2 done, 2 cancelled", output);
        Assert.All(grid.Cells, cell => Assert.Equal("INTERRUPTED\n", File.ReadAllText(folder[$"runs/{cell.Name}/state"])));
        var unknown = await PlanetProcess.Run(["cell", "pause", "smoke_cup_cat", "smoke_cup_dog", "--runs", folder["runs"]]);
        Assert.Equal(ExitCode.UnusableInput, unknown.Code);
        Assert.Contains("did you mean " + grid.Cells[1].Name, unknown.Error);
    }

    [Fact]
    public async Task A_second_command_on_the_same_folder_joins_the_first_and_takes_over_when_that_ends()
    {
        using var folder = new TemporaryFolder();
        var settings = SmallGrid.Settings(folder);
        string[] words = ["grid", .. SmallGrid.WordsOf(2), "--runs", folder["runs"], "--workers", "1"];
        using var first = PlanetProcess.Start(words, settings);
        await first.Logged(folder["runs/" + FirstCell], _ => true);
        using var second = PlanetProcess.Start(words, settings);
        await Until(
            folder["runs"],
            rows => rows.Select(row => row.State.Owner).Where(owner => owner.Length > 0).Distinct(StringComparer.Ordinal).Count() == 2);
        await first.Interrupt();
        Assert.Equal(ExitCode.Interrupted, (await first.End()).Code);
        var (code, output, error) = await second.End();
        Assert.True(code == ExitCode.Success, error + output);
        Assert.Contains("4 runs, 0 of them new to the store", output);
        Assert.Contains("the command that coordinated the grid has ended; this one resumes it", output);
        Assert.Contains("4 of 4 done", output);
        using var store = SmallGrid.Store(folder["runs"]);
        Assert.All(store.List(), cell => Assert.Single(store.History(cell.Key), happened => happened.Status == CellStatus.Done));
    }

    // The store does not announce changes, so this polls it.
    private static async Task Until(string runs, Func<IReadOnlyList<CellRow>, bool> holds)
    {
        using var store = SmallGrid.Store(runs);
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!holds(store.List()))
        {
            await timer.WaitForNextTickAsync(timeout.Token);
        }
    }

    private static string FirstCell { get; } = SmokeGrid.Smoke.WithSeeds(1).With(Changes()).Cells[0].Name;

    private static IEnumerable<string> Changes() =>
        SmallGrid.Words.Where(word => word.StartsWith("--set=", StringComparison.Ordinal)).Select(word => word["--set=".Length..]);
}

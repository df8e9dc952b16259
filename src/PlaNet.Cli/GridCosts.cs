using System.Globalization;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Inspection;
using PlaNet.Runs;
using PlaNet.Runs.Playing;
using PlaNet.Loading;

namespace PlaNet.Cli;

/// <summary>Prints the work, time and disk that a grid needs, without running it.</summary>
public static class GridCosts
{
    /// <summary>Prints a row for every experiment and the total.</summary>
    /// <param name="grid">A validated grid.</param>
    /// <param name="timed">Whether to time updates, decisions and steps of every experiment on this machine's CPU.</param>
    /// <param name="runs">The directory of runs; the free space of its disk is printed.</param>
    /// <param name="checkpointsKept">Checkpoints that each run keeps.</param>
    /// <param name="output">Output for the table.</param>
    /// <param name="error">Output for the progress of timing.</param>
    public static void Write(Grid grid, bool timed, string runs, int checkpointsKept, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        var groups = grid.Cells.GroupBy(cell => cell.Experiment).ToArray();
        var described = new Dictionary<TaskOptions, IReadOnlyList<EnvironmentSpec>>();
        var rows = new List<string[]>();
        double seconds = 0, bytes = 0;
        foreach (var (index, group) in groups.Index())
        {
            var experiment = group.Key;
            if (!described.TryGetValue(experiment.Task, out var specs))
            {
                described[experiment.Task] = specs = Tasks.DescribeAll(experiment.Task);
            }

            RunCost? cost = null;
            if (timed)
            {
                error.WriteLine($"timing {index + 1} of {groups.Length}: {experiment.Name}");
                cost = Measure(experiment);
            }

            var work = cost?.Work ?? RunWork.Of(experiment);
            var parts = LearningCost.PartsOf(
                experiment,
                specs[0].Action.Size,
                specs.Any(spec => spec.Terminates),
                Tasks.RuleOf(experiment.Task, specs).StateSize);
            var parameters = parts.Sum(part => part.Parameters);
            var disk = work.DiskBytes(parameters, checkpointsKept);
            var count = group.Count();
            (seconds, bytes) = (seconds + (count * cost?.Seconds ?? 0), bytes + (count * disk));
            string[] row =
            [
                experiment.Name, Seeds([.. group.Select(cell => cell.Seed)]), Count(work.Updates), Count(work.Decisions), Bytes(disk),
            ];
            rows.Add(cost is null
                ? row
                :
                [
                    .. row,
                    Milliseconds(cost.Learning.UpdateSeconds),
                    Milliseconds(cost.Learning.DecisionSeconds),
                    Milliseconds(cost.StepSeconds),
                    Duration(cost.Seconds),
                ]);
        }

        string[] columns = ["experiment", "seeds", "updates", "decisions", "disk"];
        output.WriteLine($"{grid.Name}: {grid.Description}");
        output.WriteLine();
        TextTable.Write(output, timed ? [.. columns, "an update", "a decision", "a step", "a run"] : columns, rows, leftAligned: 2);
        output.WriteLine();
        var duration = timed ? Duration(seconds) + " one after the other, " : "";
        output.WriteLine(
            $"{grid.Cells.Count} runs: {duration}at most {Bytes(bytes)} of disk ({Free(runs)} free in {Path.GetFullPath(runs)})");
        if (!timed)
        {
            output.WriteLine("--time measures an update, a decision and a step on this machine, and estimates the duration of the runs");
        }
    }

    /// <summary>Times an experiment on the CPU with the number of threads that it configures.</summary>
    public static RunCost Measure(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        try
        {
            TorchRuntime.Configure(experiment.Compute);
        }
        catch (InvalidOperationException)
        {
            // Kernels are chosen once per process, by the first experiment; the number of threads can still be changed.
            torch.set_num_threads(experiment.Compute.Threads);
        }

        return RunCost.Measure(experiment, torch.CPU);
    }

    private static string Seeds(IReadOnlyList<ulong> seeds) =>
        seeds.Count > 1 && seeds[^1] - seeds[0] == (ulong)seeds.Count - 1 ? $"{seeds[0]}-{seeds[^1]}" : string.Join(",", seeds);

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Milliseconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:N1} ms");

    /// <summary>Formats a duration in seconds, minutes, hours or days, whichever fits its length.</summary>
    public static string Duration(double seconds) => seconds switch
    {
        < 99.5 => string.Create(CultureInfo.InvariantCulture, $"{seconds:F0} s"),
        < 99.5 * 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:F0} min"),
        < 72 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:F1} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86400:N1} days"),
    };

    private static string Bytes(double bytes) => bytes switch
    {
        < 1e9 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, bytes / 1e6):F0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:N1} GB"),
    };

    private static string Free(string runs)
    {
        var folder = new DirectoryInfo(Path.GetFullPath(runs));
        while (!folder.Exists && folder.Parent is { } parent)
        {
            folder = parent;
        }

        return Bytes(new DriveInfo(folder.FullName).AvailableFreeSpace);
    }
}

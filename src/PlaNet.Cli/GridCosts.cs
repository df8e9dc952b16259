using System.Diagnostics;
using System.Globalization;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Torch;
using PlaNet.Training;

namespace PlaNet.Cli;

/// <summary>What a grid costs, printed before anything runs.</summary>
public static class GridCosts
{
    // What the design asks of an update and a decision, as a part of what a matrix product reaches on the same cores.
    private const double Efficiency = 0.6;

    /// <summary>Prints a row for every experiment and the sum.</summary>
    /// <param name="grid">A sound grid.</param>
    /// <param name="gigaflops">The rate of the machine in GFLOP/s; null measures it.</param>
    /// <param name="runs">Where the runs are to go.</param>
    /// <param name="output">Where to print.</param>
    public static void Write(Grid grid, double? gigaflops, string runs, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(output);
        if (gigaflops is <= 0)
        {
            throw new UnusableInputException($"--gflops {gigaflops}: a rate is above 0. Give GFLOP/s, or leave it out to measure.");
        }

        var settings = MachineSettings.Read(SettingsFile.Path);
        var rates = new Dictionary<int, double>();
        double Rate(Experiment experiment)
        {
            var threads = experiment.Compute.Threads;
            if (!rates.TryGetValue(threads, out var rate))
            {
                rates[threads] = rate = gigaflops * 1e9 ?? Measure(experiment.Compute);
            }

            return rate * Efficiency;
        }

        var actionSizes = new Dictionary<TaskOptions, int>();
        var rows = new List<string[]>();
        double flops = 0, seconds = 0, bytes = 0;
        foreach (var group in grid.Cells.GroupBy(cell => cell.Experiment))
        {
            var experiment = group.Key;
            if (!actionSizes.TryGetValue(experiment.Task, out var size))
            {
                actionSizes[experiment.Task] = size = Tasks.Describe(experiment.Task).Action.Size;
            }

            var cost = RunCost.Of(experiment, size, settings.CheckpointsKept);
            var time = cost.Seconds(Rate(experiment));
            var count = group.Count();
            (flops, seconds, bytes) = (flops + (count * cost.Flops), seconds + (count * time), bytes + (count * cost.DiskBytes));
            rows.Add(
            [
                experiment.Name, Seeds([.. group.Select(cell => cell.Seed)]), Count(cost.Updates), Count(cost.Decisions), Flops(cost.Flops), Duration(time),
                Bytes(cost.DiskBytes),
            ]);
        }

        output.WriteLine($"{grid.Name}: {grid.Description}");
        output.WriteLine();
        TextTable.Write(output, ["experiment", "seeds", "updates", "decisions", "arithmetic", "time", "disk"], rows, leftAligned: 2);
        output.WriteLine();
        output.WriteLine(
            $"{grid.Cells.Count} runs: {Flops(flops)}, {Duration(seconds)} one after the other, at most {Bytes(bytes)} of disk ({Free(runs)} free in {Path.GetFullPath(runs)})");
        var known = string.Join(", ", rates.Select(rate => string.Create(CultureInfo.InvariantCulture, $"{rate.Value / 1e9:F0} GFLOP/s with {rate.Key} thread(s)")));
        output.WriteLine(
            $"time: {Efficiency:P0} of the rate {(gigaflops is null ? "that a matrix product was just measured to reach" : "given with --gflops")} ({known}), and beyond the arithmetic "
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{RunCost.UpdateStepSeconds * 1000} ms for each step of an update's chunks, {RunCost.PlanningStepSeconds * 1000} ms for each step of a plan, {RunCost.FrameSeconds * 1000} ms a frame, {RunCost.VideoFrameSeconds * 1000} ms a frame of a video, {RunCost.StartSeconds} s to begin"));
    }

    // The fastest of many products, because others may use the machine meanwhile.
    private static double Measure(ComputeOptions compute)
    {
        const int Size = 768;
        try
        {
            TorchRuntime.Configure(new TorchRuntimeOptions { Threads = compute.Threads, NativeKernels = compute.NativeKernels });
        }
        catch (InvalidOperationException)
        {
            // Only one choice of kernels can be measured in a process; the first stands for all.
        }

        var before = torch.get_num_threads();
        torch.set_num_threads(compute.Threads);
        try
        {
            using var scope = torch.NewDisposeScope();
            var factor = torch.ones([Size, Size]);
            torch.matmul(factor, factor).Dispose();
            var all = Stopwatch.StartNew();
            var best = double.MaxValue;
            while (all.Elapsed < TimeSpan.FromSeconds(0.5))
            {
                var one = Stopwatch.StartNew();
                torch.matmul(factor, factor).Dispose();
                best = Math.Min(best, one.Elapsed.TotalSeconds);
            }

            return 2.0 * Size * Size * Size / best;
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }

    private static string Seeds(IReadOnlyList<ulong> seeds) =>
        seeds.Count > 1 && seeds[^1] - seeds[0] == (ulong)seeds.Count - 1 ? $"{seeds[0]}-{seeds[^1]}" : string.Join(",", seeds);

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Flops(double flops) => flops switch
    {
        < 1e12 => string.Create(CultureInfo.InvariantCulture, $"{flops / 1e9:F1} GFLOP"),
        < 1e15 => string.Create(CultureInfo.InvariantCulture, $"{flops / 1e12:F1} TFLOP"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{flops / 1e15:N1} PFLOP"),
    };

    /// <summary>A duration in the unit that suits it.</summary>
    /// <param name="seconds">Seconds.</param>
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

using PlaNet.Catalog;
using PlaNet.Cluster.Stores;
using PlaNet.Experiments;
using PlaNet.Tests.Replay;
using PlaNet.Tests.Training;

namespace PlaNet.Tests.Cli;

/// <summary>The grid Smoke with runs of a few seconds, and leases to match.</summary>
internal static class SmallGrid
{
    /// <summary>The options on the command line: two experiments, one seed.</summary>
    public static string[] Words { get; } =
    [
        "--grid", "smoke", "--seeds", "1",
        .. ExperimentOptions.All
            .Where(option => option is { DecidesResult: true, Path: not "task.name" })
            .Where(option => SmokeGrid.Smoke.Experiments.Any(experiment => !option.Get(SmallRun.Experiment).Equals(option.Get(experiment))))
            .Select(option => $"--set={option.Path}={ExperimentOption.Format(option.Get(SmallRun.Experiment)).Trim('"')}"),
    ];

    /// <summary>A file of settings with short leases, for the variable that names it.</summary>
    public static (string Name, string Value) Settings(TemporaryFolder folder)
    {
        var whole = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", "planet.conf"));
        var hasty = whole
            .Replace("\"lease_seconds\": 60", "\"lease_seconds\": 4", StringComparison.Ordinal)
            .Replace("\"heartbeat_seconds\": 10", "\"heartbeat_seconds\": 0.5", StringComparison.Ordinal)
            .Replace("\"progress_seconds\": 10", "\"progress_seconds\": 1", StringComparison.Ordinal);
        Assert.Contains("0.5", hasty);
        File.WriteAllText(folder["planet.conf"], hasty);
        return ("PLANET_CONF", folder["planet.conf"]);
    }

    /// <summary>The store that a directory of runs holds.</summary>
    public static IGridStore Store(string runs) => LocalGridStore.Open(Path.Combine(runs, ".store"), TimeProvider.System);

    /// <summary>Every cell's directory below the directory of runs.</summary>
    public static string[] Cells(string runs)
    {
        using var store = Store(runs);
        return [.. store.List().Select(cell => cell.Key.Name)];
    }
}

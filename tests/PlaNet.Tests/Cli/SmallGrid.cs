using PlaNet.Catalog;
using PlaNet.Cluster.Stores;
using PlaNet.Experiments;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>The grid Smoke with runs of a few seconds, and short leases.</summary>
internal static class SmallGrid
{
    /// <summary>The options on the command line: two experiments, one seed.</summary>
    public static string[] Words { get; } = WordsOf(1);

    private static IEnumerable<string> Changes =>
        ExperimentOptions.All
            .Where(option => option is { DecidesResult: true, Path: not "task.name" })
            .Where(option => SmokeGrid.Smoke.Experiments.Any(experiment => !option.Get(SmallRun.Experiment).Equals(option.Get(experiment))))
            .Select(option => $"{option.Path}={ExperimentOption.Format(option.Get(SmallRun.Experiment)).Trim('"')}");

    /// <summary>The options on the command line: two experiments with <paramref name="seeds"/> seeds each.</summary>
    public static string[] WordsOf(int seeds) => ["--grid", "smoke", "--seeds", $"{seeds}", .. Changes.Select(change => "--set=" + change)];

    /// <summary>Adds the same runs to a store.</summary>
    public static string[] AddTo(IGridStore store, int seeds)
    {
        var grid = SmokeGrid.Smoke.WithSeeds(seeds).With(Changes);
        store.Add(
            grid.Name,
            [
                .. grid.Cells.Select(cell => new NewCell(
                    cell.Name, ExperimentJson.Write(cell.Experiment), cell.Seed, new RunSchedule(cell.Experiment).Steps))
            ]);
        return [.. grid.Cells.Select(cell => cell.Name)];
    }

    /// <summary>
    /// Settings under which members of a cluster are found unreachable, and removed, within a few seconds; for the top level of a settings
    /// file.
    /// </summary>
    public const string QuickRemoval = """
        akka.cluster {
          failure-detector { heartbeat-interval = 0.5s, acceptable-heartbeat-pause = 2s }
          coordinator-side.stable-after = 1s
          seed-node-timeout = 1s
          retry-unsuccessful-join-after = 1s
        }
        """;

    /// <summary>Writes a settings file with short leases. Returns the environment variable that names it.</summary>
    /// <param name="folder">The folder of the file.</param>
    /// <param name="more">Settings that the file has in addition.</param>
    public static (string Name, string Value) Settings(TemporaryFolder folder, string more = "")
    {
        File.WriteAllText(
            folder["planet.conf"], $"planet {{ progress_seconds = 1, grid {{ lease_seconds = 4, heartbeat_seconds = 0.5 }} }}\n{more}");
        return ("PLANET_CONF", folder["planet.conf"]);
    }

    /// <summary>The grid store in a runs directory.</summary>
    public static IGridStore Store(string runs) => GridStore.Open(SqliteDatabase.Open(Path.Combine(runs, ".store"), TimeProvider.System));

    /// <summary>The names of all cells, which are their directories below the runs directory.</summary>
    public static string[] Cells(string runs)
    {
        using var store = Store(runs);
        return [.. store.List().Select(cell => cell.Key.Name)];
    }
}

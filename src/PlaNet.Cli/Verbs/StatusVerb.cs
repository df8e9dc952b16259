using System.CommandLine;
using System.Globalization;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet status</c>: who runs what, how far it is, and what is left, on one screen.</summary>
public static class StatusVerb
{
    private const int Shown = 15;

    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("status", "Show how the grids of a store stand: who runs what, progress, time left");
        var store = NodeChoice.NewStore();
        var runs = NodeChoice.NewRuns();
        var grid = new Option<string?>("--grid", "-g") { Description = "Only this grid", HelpName = "NAME" };
        var all = new Option<bool>("--all") { Description = "Every run on a line of its own" };
        verb.Add(store);
        verb.Add(runs);
        verb.Add(grid);
        verb.Add(all);
        verb.SetAction(line =>
        {
            var output = line.InvocationConfiguration.Output;
            var address = NodeChoice.Address(line.GetValue(store), NodeChoice.Runs(line.GetValue(runs), line), create: false);
            using var open = GridStores.Open(address, TimeProvider.System);
            var chosen = line.GetValue(grid) is { } name ? StoredNames.RequireGrid(open, name) : null;
            Write(open.List(chosen), line.GetValue(all), output);
            return ExitCode.Success;
        });
        return verb;
    }

    private static void Write(IReadOnlyList<CellRow> cells, bool all, TextWriter output)
    {
        foreach (var grid in cells.GroupBy(cell => cell.Key.Grid))
        {
            output.WriteLine($"{grid.Key}: {NodeWatcher.Line(GridProgress.Of([.. grid]))}");
        }

        if (cells.Count == 0)
        {
            output.WriteLine("no runs");
        }

        var chosen = cells.Where(cell => all || cell.State.Status == CellStatus.Running).ToList();
        var shown = chosen.Take(all ? int.MaxValue : Shown).ToList();
        if (shown.Count > 0)
        {
            output.WriteLine();
            TextTable.Write(
                output,
                ["run", "state", "node", "claim", "progress", "left"],
                [.. shown.Select(Row)],
                leftAligned: 3);
            Rest(chosen.Count - shown.Count, "running", output);
        }

        var failed = cells.Where(cell => cell.State.Status == CellStatus.Failed).ToList();
        if (failed.Count > 0)
        {
            output.WriteLine();
            foreach (var cell in failed.Take(Shown))
            {
                output.WriteLine($"FAILED {cell.Key.Name}: {cell.State.Reason}");
            }

            Rest(failed.Count - Shown, "failed", output);
        }
    }

    private static string Machine(string owner) => string.Join(':', owner.Split(':').Take(2));

    private static string[] Row(CellRow cell)
    {
        var state = cell.State;
        var rate = state.Status == CellStatus.Running ? GridProgress.Rate(cell) : 0;
        var late = state.Status == CellStatus.Running && state.LeaseUntil < cell.ReadAt;
        return
        [
            cell.Key.Name,
            late ? "silent" : state.Status.ToString().ToLowerInvariant(),
            Machine(state.Owner),
            state.Epoch.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{100.0 * state.Step / Math.Max(1, cell.Steps):F0} %"),
            rate > 0 ? GridCosts.Duration((cell.Steps - state.Step) / rate) : "",
        ];
    }

    private static void Rest(int count, string word, TextWriter output)
    {
        if (count > 0)
        {
            output.WriteLine($"and {count} more {word} (--all shows every run)");
        }
    }
}

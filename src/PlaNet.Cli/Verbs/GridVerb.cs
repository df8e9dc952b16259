using System.CommandLine;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Runs.Schedule;
using PlaNet.Runs.Settings;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet grid</c>: adds a grid to a store and works through it.</summary>
public static class GridVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("grid", "Run all runs of a grid, several at a time; the same command again resumes it");
        var choice = new GridChoice();
        var node = new NodeChoice();
        choice.AddTo(verb);
        node.AddTo(verb);
        verb.SetAction(async (line, interruption) =>
        {
            var grid = choice.Read(line);
            var threads = grid.Experiments.Max(experiment => experiment.Compute.Threads);
            var (store, options) = await StorePatience.AskAsync(() => node.Read(line, threads), interruption).ConfigureAwait(false);
            using (store)
            {
                var output = line.InvocationConfiguration.Output;
                await StorePatience.AskAsync(() => Add(store, grid, output), interruption).ConfigureAwait(false);
                WarnOfThreads(threads, options, output);
                return await WorkAsync(store, options with { Grid = grid.Name, UntilDone = true }, line, interruption).ConfigureAwait(false);
            }
        });
        return verb;
    }

    /// <summary>Works through a store and says how it ended.</summary>
    /// <param name="store">The store.</param>
    /// <param name="options">How to work.</param>
    /// <param name="line">The parsed command line, for settings and output.</param>
    /// <param name="interruption">Stops the node.</param>
    internal static async Task<int> WorkAsync(IGridStore store, NodeOptions options, ParseResult line, CancellationToken interruption)
    {
        var output = line.InvocationConfiguration.Output;
        var watcher = Begin(store, options, SettingsFile.Read(line).Planet, output);
        using (var node = new Node(store, options, TimeProvider.System, watcher.Watch))
        {
            if (!await node.RunAsync(interruption).ConfigureAwait(false))
            {
                return Interrupted(watcher, output);
            }

            var cells = await StorePatience.AskAsync(() => store.List(options.Grid), interruption).ConfigureAwait(false);
            return End(cells, watcher, output);
        }
    }

    /// <summary>Adds a grid to a store, and says what is new there. What is there already stays as it is.</summary>
    /// <param name="store">The store.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="output">Where to write.</param>
    /// <returns>How many runs are new.</returns>
    internal static int Add(IGridStore store, Grid grid, TextWriter output)
    {
        var added = store.Add(
            grid.Name,
            [.. grid.Cells.Select(cell => new NewCell(cell.Name, ExperimentJson.Write(cell.Experiment), cell.Seed, new RunSchedule(cell.Experiment).Steps))]);
        var others = store.List(grid.Name).Count - grid.Cells.Count;
        output.WriteLine($"{grid.Name}: {grid.Cells.Count} runs, {added} of them new to the store");
        if (others > 0)
        {
            output.WriteLine(
                $"note: the store holds {others} more run(s) of {grid.Name}, added with other options; they are run too. Give another --store, or cancel them with `planet cell cancel`");
        }

        return added;
    }

    private static NodeWatcher Begin(IGridStore store, NodeOptions options, PlanetSettings settings, TextWriter output)
    {
        output.WriteLine($"store: {store.Address}");
        output.WriteLine($"runs: {options.Runs}");
        output.WriteLine($"{options.Workers} worker(s) on {CoreShares.Allowed().Count} core(s), {options.Device}");
        return new NodeWatcher(output, TimeSpan.FromSeconds(settings.ProgressSeconds), TimeProvider.System);
    }

    private static int End(IReadOnlyList<CellRow> cells, NodeWatcher watcher, TextWriter output)
    {
        watcher.Finish();
        output.WriteLine(NodeWatcher.Line(GridProgress.Of(cells)));
        foreach (var failed in cells.Where(cell => cell.State.Status == CellStatus.Failed))
        {
            output.WriteLine($"FAILED {failed.Key.Name}: {failed.State.Reason}");
        }

        return cells.All(cell => cell.State.Status == CellStatus.Done) ? ExitCode.Success : ExitCode.Failure;
    }

    private static int Interrupted(NodeWatcher watcher, TextWriter output)
    {
        watcher.Finish();
        output.WriteLine("interrupted, everything is saved: the same command resumes it");
        return ExitCode.Interrupted;
    }

    private static void WarnOfThreads(int threads, NodeOptions options, TextWriter output)
    {
        var share = CoreShares.Of(CoreShares.Allowed(), options.Workers).Min(cores => cores.Count);
        if (options.Device == "cpu" && threads > share)
        {
            output.WriteLine(
                $"note: a run has {threads} threads (compute.threads) and {share} core(s): it computes the same, but slower than with fewer --workers or -s compute.threads={share}, which is another experiment");
        }
    }
}

using System.CommandLine;
using PlaNet.Cluster.Grids;
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
        var cluster = new ClusterChoice();
        choice.AddTo(verb);
        node.AddTo(verb);
        verb.Add(cluster.Listen);
        verb.Add(cluster.Insecure);
        verb.SetAction(async (line, interruption) =>
        {
            var grid = choice.Read(line);
            var threads = grid.Experiments.Max(experiment => experiment.Compute.Threads);
            var (address, options) = node.Read(line, threads);
            var shown = GridStores.Shown(address);
            WarnOfThreads(threads, options, line.InvocationConfiguration.Output);
            while (true)
            {
                var (held, other) = PostgresAddress.IsOne(address)
                    ? (null, null)
                    : await StorePatience.AskAsync(() => TakeOrFind(address), interruption).ConfigureAwait(false);
                using (held)
                {
                    var start = other is null ? cluster.Begin(line) : cluster.Join(line, other);
                    var code = await WorkAsync(
                        cluster, grid, (address, shown), held, other is null, start, options with { Grid = grid.Name, UntilDone = true }, line, interruption)
                        .ConfigureAwait(false);
                    if (code is { } known)
                    {
                        return known;
                    }
                }
            }
        });
        return verb;
    }

    // The ledger of a folder, or the address of the process that holds it.
    private static (HeldLedger? Held, string? Other) TakeOrFind(string folder) =>
        HeldLedger.TryHold(folder) is { } held ? (held, null) : (null, HeldLedger.RequireAddress(folder));

    // The exit code; null where the command that this one had joined is gone, and with it the coordinator.
    private static async Task<int?> WorkAsync(
        ClusterChoice cluster,
        Grid grid,
        (string Address, string Shown) store,
        HeldLedger? held,
        bool coordinates,
        ClusterStart start,
        NodeOptions options,
        ParseResult line,
        CancellationToken interruption)
    {
        var output = line.InvocationConfiguration.Output;
        var settings = SettingsFile.Read(line);
        var watcher = Begin(store.Shown, options, settings.Planet, output);
        var parts = new GridNodeParts
        {
            Worker = options,
            Ledger = coordinates ? () => GridStores.Open(store.Address, TimeProvider.System) : null,
            Lease = options.Lease,
            Watch = watcher.Watch,
        };
        var node = GridNode.Start(parts, settings, start, ClusterChoice.Log(line));
        held?.Announce(node.Address);
        if (cluster.Invitation(line, node.Address) is { } invitation)
        {
            await output.WriteLineAsync(invitation).ConfigureAwait(false);
        }

        IReadOnlyList<CellRow>? cells = null;
        try
        {
            await AddAsync(node, grid, output, interruption).ConfigureAwait(false);
            if (await node.WorkAsync(interruption).ConfigureAwait(false) == NodeEnd.Done)
            {
                cells = await StorePatience.AskAsync(() => node.Grid.ListAsync(grid.Name, interruption), interruption).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            // Stopped before its runs were added.
        }
        catch
        {
            await node.EndAsync().ConfigureAwait(false);
            throw;
        }

        var end = await node.EndAsync().ConfigureAwait(false);
        if (end == NodeEnd.Removed && !coordinates && !interruption.IsCancellationRequested)
        {
            watcher.Finish();
            await output.WriteLineAsync("the command that coordinated the grid has ended; this one resumes it").ConfigureAwait(false);
            return null;
        }

        return cells is not null ? End(cells, watcher, output) : Interrupted(watcher, output);
    }

    /// <summary>Works through a store and says how it ended.</summary>
    /// <param name="store">The store.</param>
    /// <param name="options">How to work.</param>
    /// <param name="line">The parsed command line, for settings and output.</param>
    /// <param name="interruption">Stops the node.</param>
    internal static async Task<int> WorkAsync(IGridStore store, NodeOptions options, ParseResult line, CancellationToken interruption)
    {
        var output = line.InvocationConfiguration.Output;
        var watcher = Begin(store.Address, options, SettingsFile.Read(line).Planet, output);
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
        var added = store.Add(grid.Name, CellsOf(grid));
        WriteAdded(grid, added, store.List(grid.Name).Count, output);
        return added;
    }

    private static async Task AddAsync(GridNode node, Grid grid, TextWriter output, CancellationToken interruption)
    {
        var added = await StorePatience.AskAsync(() => node.Grid.AddAsync(grid.Name, CellsOf(grid), interruption), interruption).ConfigureAwait(false);
        var rows = await StorePatience.AskAsync(() => node.Grid.ListAsync(grid.Name, interruption), interruption).ConfigureAwait(false);
        WriteAdded(grid, added, rows.Count, output);
    }

    private static NewCell[] CellsOf(Grid grid) =>
        [.. grid.Cells.Select(cell => new NewCell(cell.Name, ExperimentJson.Write(cell.Experiment), cell.Seed, new RunSchedule(cell.Experiment).Steps))];

    private static void WriteAdded(Grid grid, int added, int inStore, TextWriter output)
    {
        var others = inStore - grid.Cells.Count;
        output.WriteLine($"{grid.Name}: {grid.Cells.Count} runs, {added} of them new to the store");
        if (others > 0)
        {
            output.WriteLine(
                $"note: the store holds {others} more run(s) of {grid.Name}, added with other options; they are run too. Give another --store, or cancel them with `planet cell cancel`");
        }
    }

    private static NodeWatcher Begin(string address, NodeOptions options, PlanetSettings settings, TextWriter output)
    {
        output.WriteLine($"store: {address}");
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

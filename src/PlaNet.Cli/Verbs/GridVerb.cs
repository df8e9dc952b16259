using System.CommandLine;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Runs.Schedule;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet grid</c>: coordinates a grid and works through it.</summary>
public static class GridVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("grid", "Run all runs of a grid, several at a time; the same command again resumes it, and without --grid whatever the store holds");
        var choice = new GridChoice(required: false);
        var node = new NodeChoice();
        var cluster = new ClusterChoice();
        choice.AddTo(verb);
        node.AddTo(verb);
        verb.Add(cluster.Listen);
        verb.Add(cluster.Insecure);
        verb.Add(cluster.Collectors);
        verb.SetAction(async (line, interruption) =>
        {
            var grid = choice.IsGiven(line) ? choice.Read(line) : null;

            // Runs of a store bring their number of threads with them.
            var threads = grid?.Experiments.Max(experiment => experiment.Compute.Threads) ?? 2;
            var options = node.Read(line, threads) with { Grid = grid?.Name, UntilDone = true };
            RequireHelp(options, cluster.IsListening(line));
            var address = ReadStore(node.Store(line), options.Runs, grid);
            var output = line.InvocationConfiguration.Output;
            await output.WriteLineAsync($"store: {GridStores.Shown(address)}").ConfigureAwait(false);
            await output.WriteLineAsync($"runs: {options.Runs}").ConfigureAwait(false);
            await output.WriteLineAsync($"{options.Workers} worker(s) on {CoreShares.Allowed().Count} core(s), {options.Device}").ConfigureAwait(false);
            WarnOfThreads(threads, options, output);
            while (true)
            {
                var (held, other) = PostgresAddress.IsOne(address)
                    ? (null, null)
                    : await StorePatience.AskAsync(() => TakeOrFind(address), interruption).ConfigureAwait(false);
                using (held)
                {
                    var start = other is null ? cluster.Begin(line) : cluster.Join(line, other);
                    var ledger = other is null ? address : null;
                    if (await WorkAsync(cluster, grid, ledger, held, start, options, line, interruption).ConfigureAwait(false) is { } code)
                    {
                        return code;
                    }
                }
            }
        });
        return verb;
    }

    // A command that runs nothing itself waits for others, who must be able to come.
    private static void RequireHelp(NodeOptions options, bool isListening)
    {
        if (options.Workers == 0 && !isListening)
        {
            throw new UnusableInputException("--workers 0: this command would only coordinate, and nobody could join it to run anything. Add --listen ADDRESS:PORT, or give 1 or more.");
        }
    }

    private static string ReadStore(string? given, string runs, Grid? grid)
    {
        var address = given ?? Path.Combine(runs, ".store");
        return grid is not null || PostgresAddress.IsOne(address) || SqliteDatabase.Exists(address) ? address : throw new UnusableInputException(
            $"--grid is missing, and {address} holds no runs to resume. Name a grid, which `planet grids` lists, or the store with --store or its directory of runs with --runs.");
    }

    // The ledger of a folder, or the address of the process that holds it.
    private static (HeldLedger? Held, string? Other) TakeOrFind(string folder) =>
        HeldLedger.TryHold(folder) is { } held ? (held, null) : (null, HeldLedger.RequireAddress(folder));

    // The exit code; null where this command is to begin again: the one that it had joined is gone, or the cluster has removed it.
    private static async Task<int?> WorkAsync(
        ClusterChoice cluster,
        Grid? grid,
        string? ledger,
        HeldLedger? held,
        ClusterStart start,
        NodeOptions options,
        ParseResult line,
        CancellationToken interruption)
    {
        var output = line.InvocationConfiguration.Output;
        var settings = SettingsFile.Read(line);
        var watcher = new NodeWatcher(output, TimeSpan.FromSeconds(settings.Planet.ProgressSeconds), TimeProvider.System);
        GridNode? node = null;
        var parts = new GridNodeParts
        {
            Worker = options with { RunWords = cluster.RunWords(line, () => node!.Address) },
            Ledger = ledger is null ? null : () => GridStores.Open(ledger, TimeProvider.System),
            Lease = options.Lease,
            Watch = watcher.Watch,
        };
        node = GridNode.Start(parts, settings, start, ClusterChoice.Log(line));
        held?.Announce(node.Address);
        if (cluster.Invitation(line, node.Address) is { } invitation)
        {
            await output.WriteLineAsync(invitation).ConfigureAwait(false);
        }

        IReadOnlyList<CellRow>? cells = null;
        try
        {
            if (grid is not null)
            {
                await AddAsync(node, grid, output, interruption).ConfigureAwait(false);
            }
            else if ((await StorePatience.AskAsync(() => node.Grid.ListAsync(null, interruption), interruption).ConfigureAwait(false)).Count == 0)
            {
                throw new UnusableInputException("--grid is missing, and the store holds no runs to resume. Name a grid, which `planet grids` lists, or another store with --store.");
            }

            if (await node.WorkAsync(interruption).ConfigureAwait(false) == NodeEnd.Done)
            {
                cells = await StorePatience.AskAsync(() => node.Grid.ListAsync(options.Grid, interruption), interruption).ConfigureAwait(false);
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
        watcher.Finish();
        if (end == NodeEnd.Removed && cells is null && !interruption.IsCancellationRequested)
        {
            await output.WriteLineAsync(ledger is null
                ? "the command that coordinated the grid has ended; this one resumes it"
                : "the cluster has removed this node, as after a freeze; it begins again").ConfigureAwait(false);
            return null;
        }

        return cells is not null ? End(cells, output) : Interrupted(output);
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

    private static int End(IReadOnlyList<CellRow> cells, TextWriter output)
    {
        output.WriteLine(NodeWatcher.Line(GridProgress.Of(cells)));
        foreach (var failed in cells.Where(cell => cell.State.Status == CellStatus.Failed))
        {
            output.WriteLine($"FAILED {failed.Key.Name}: {failed.State.Reason}");
        }

        return cells.All(cell => cell.State.Status == CellStatus.Done) ? ExitCode.Success : ExitCode.Failure;
    }

    private static int Interrupted(TextWriter output)
    {
        output.WriteLine("interrupted, everything is saved: the same command resumes it");
        return ExitCode.Interrupted;
    }

    private static void WarnOfThreads(int threads, NodeOptions options, TextWriter output)
    {
        if (options.Workers == 0)
        {
            return;
        }

        var share = CoreShares.Of(CoreShares.Allowed(), options.Workers).Min(cores => cores.Count);
        if (options.Device == "cpu" && threads > share)
        {
            output.WriteLine(
                $"note: a run has {threads} threads (compute.threads) and {share} core(s): it computes the same, but slower than with fewer --workers or -s compute.threads={share}, which is another experiment");
        }
    }
}

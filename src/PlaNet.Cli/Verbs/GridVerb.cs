using System.CommandLine;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Runs.Schedule;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet grid</c>: coordinates a grid and executes its runs.</summary>
public static class GridVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command(
            "grid",
            "Execute all runs of a grid, several at a time; the same command resumes it. Without --grid, resume all runs of the store");
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

            // Without --grid, the number of threads is part of the stored experiments, which are not read yet.
            var threads = grid?.Experiments.Max(experiment => experiment.Compute.Threads) ?? 2;
            var options = node.Read(line, threads) with { Grid = grid?.Name, UntilDone = true };
            RequireWorkers(options, cluster.IsListening(line));
            var address = ReadStore(node.Store(line), options.Runs, grid);
            var output = GuardedWriter.ForProgress(line.InvocationConfiguration);
            await output.WriteLineAsync($"store: {GridStores.DisplayAddress(address)}").ConfigureAwait(false);
            await output.WriteLineAsync($"runs: {options.Runs}").ConfigureAwait(false);
            var cores = CoreShares.Allowed().Count;
            await output.WriteLineAsync($"{options.Workers} worker(s) on {cores} core(s), {options.Device}").ConfigureAwait(false);
            WarnOfThreads(threads, options, output);
            while (true)
            {
                var (held, other) = PostgresAddress.IsPostgres(address)
                    ? (null, null)
                    : await StoreRetry.CallAsync(() => TakeOrFind(address), interruption).ConfigureAwait(false);
                using (held)
                {
                    var start = other is null ? cluster.Begin(line) : cluster.Join(line, other);
                    var store = other is null ? address : null;
                    if (await WorkAsync(cluster, grid, store, held, start, options, line, interruption).ConfigureAwait(false) is { } code)
                    {
                        return code;
                    }
                }
            }
        });
        return verb;
    }

    // A command without slots waits for other nodes, so they must be able to join.
    private static void RequireWorkers(NodeOptions options, bool isListening)
    {
        if (options.Workers == 0 && !isListening)
        {
            throw new UnusableInputException(
                "--workers 0: this command would only coordinate, and no node could join to execute runs. "
                + "Add --listen ADDRESS:PORT, or give 1 or more.");
        }
    }

    private static string ReadStore(string? given, string runs, Grid? grid)
    {
        var address = given ?? Path.Combine(runs, ".store");
        return grid is not null || PostgresAddress.IsPostgres(address) || SqliteDatabase.Exists(address)
            ? address
            : throw new UnusableInputException(
                $"--grid is missing, and {address} holds no runs to resume. "
                + "Name a grid (`planet grids` lists them), or a store with --store, or its directory of runs with --runs.");
    }

    // The store of a folder if this process can hold it, otherwise the address of the process that does.
    private static (HeldStore? Held, string? Other) TakeOrFind(string folder) =>
        HeldStore.TryHold(folder) is { } held ? (held, null) : (null, HeldStore.RequireAddress(folder));

    // The exit code; null if the command must start again, because its coordinator is gone or the cluster has removed this node.
    private static async Task<int?> WorkAsync(
        ClusterChoice cluster,
        Grid? grid,
        string? store,
        HeldStore? held,
        ClusterStart start,
        NodeOptions options,
        ParseResult line,
        CancellationToken interruption)
    {
        var output = GuardedWriter.ForProgress(line.InvocationConfiguration);
        var settings = SettingsFile.Read(line);
        var watcher = new NodeWatcher(output, TimeSpan.FromSeconds(settings.Planet.ProgressSeconds), TimeProvider.System);
        GridNode? node = null;
        var parts = new GridNodeParts
        {
            Worker = options with { ExtraArguments = cluster.ExtraArguments(line, () => node!.Address) },
            OpenStore = store is null ? null : () => GridStores.Open(store, TimeProvider.System),
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
            else if (await StoreRetry.CallAsync(() => node.Grid.ListAsync(null, interruption), interruption)
                .ConfigureAwait(false) is { Count: 0 })
            {
                throw new UnusableInputException(
                    "--grid is missing, and the store holds no runs to resume. "
                    + "Name a grid (`planet grids` lists them), or another store with --store.");
            }

            if (await node.WorkAsync(interruption).ConfigureAwait(false) == NodeEnd.Done)
            {
                cells = await StoreRetry.CallAsync(() => node.Grid.ListAsync(options.Grid, interruption), interruption)
                    .ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            // Interrupted before the runs were added to the store.
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
            await output.WriteLineAsync(store is null
                ? "the command that coordinated the grid has ended; this one resumes it"
                : "the cluster has removed this node, for example because it was suspended; starting again").ConfigureAwait(false);
            return null;
        }

        return cells is not null ? Finish(cells, output) : Interrupted(output);
    }

    private static async Task AddAsync(GridNode node, Grid grid, TextWriter output, CancellationToken interruption)
    {
        var added = await StoreRetry.CallAsync(() => node.Grid.AddAsync(grid.Name, CellsOf(grid), interruption), interruption)
            .ConfigureAwait(false);
        var rows = await StoreRetry.CallAsync(() => node.Grid.ListAsync(grid.Name, interruption), interruption).ConfigureAwait(false);
        WriteAdded(grid, added, rows.Count, output);
    }

    private static NewCell[] CellsOf(Grid grid) =>
    [
        .. grid.Cells.Select(cell => new NewCell(
            cell.Name, ExperimentJson.Write(cell.Experiment), cell.Seed, new RunSchedule(cell.Experiment).Steps)),
    ];

    private static void WriteAdded(Grid grid, int added, int inStore, TextWriter output)
    {
        var others = inStore - grid.Cells.Count;
        output.WriteLine($"{grid.Name}: {grid.Cells.Count} runs, {added} of them new to the store");
        if (others > 0)
        {
            output.WriteLine(
                $"note: the store holds {others} more run(s) of {grid.Name}, added with other options, which are executed too. "
                + "Give another --store, or cancel them with `planet cell cancel`");
        }
    }

    private static int Finish(IReadOnlyList<CellRow> cells, TextWriter output)
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
                $"note: a run has {threads} threads (compute.threads) but only {share} core(s), which makes it slower. "
                + $"Give fewer --workers, or -s compute.threads={share}, which makes it another experiment");
        }
    }
}

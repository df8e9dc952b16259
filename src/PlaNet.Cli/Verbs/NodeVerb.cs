using System.CommandLine;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet node</c>: joins the cluster of a grid or a run, as worker, collector or standby coordinator.</summary>
public static class NodeVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("node", "Join the cluster of a grid or a run on another machine; start one node on every machine");
        var node = new NodeChoice();
        var roles = new RoleChoice();
        var grid = new Option<string?>("--grid", "-g") { Description = "Execute only the runs of this grid", HelpName = "NAME" };
        var untilDone = new Option<bool>("--until-done")
        {
            Description = "Exit when no run is queued or running; by default it waits for more",
        };
        var wait = new Option<double?>("--wait")
        {
            Description = "Exit when no grid coordinator is found within this time; by default there is no limit",
            HelpName = "SECONDS",
        };
        var cluster = new ClusterChoice();
        node.AddTo(verb);
        roles.AddTo(verb);
        foreach (var option in new Option[]
        {
            cluster.Seeds, cluster.Bind, cluster.Insecure, cluster.Rejoin, cluster.Collectors, grid, untilDone, wait,
        })
        {
            verb.Add(option);
        }

        verb.SetAction((line, interruption) =>
        {
            cluster.ReadSeeds(line);
            var chosen = roles.Read(line);
            var store = ReadStore(node.Store(line), chosen);
            var options = ReadWorkers(node, line, chosen) with { UntilDone = line.GetValue(untilDone), Grid = line.GetValue(grid) };
            return WorkAsync(cluster, chosen, store, options, node.ReadCollector(line), ReadWait(line.GetValue(wait)), line, interruption);
        });
        return verb;
    }

    // The store of a node with the role coordinator; null for other nodes.
    private static string? ReadStore(string? store, IReadOnlyList<string> roles)
    {
        const string Remedy = "Give --store postgres://user@host:5432/database, the same as for `planet grid`";
        if (!roles.Contains(GridNode.CoordinatorRole))
        {
            return store is null ? null : throw new UnusableInputException(
                $"--store {store}: only a node with the role coordinator uses a store. Give --roles worker,coordinator, or leave it out.");
        }

        if (store is null || !PostgresAddress.IsPostgres(store))
        {
            throw new UnusableInputException(store is null
                ? $"--roles coordinator: a node that can take over as coordinator needs the store of the other nodes. {Remedy}."
                : $"--store {store}: a node with the role coordinator needs a store that several machines can reach, not a folder. "
                    + $"{Remedy}, or leave that role out of --roles.");
        }

        // Validates the address now, because the store is opened only when this node takes over.
        GridStores.DisplayAddress(store);
        return store;
    }

    private static NodeOptions ReadWorkers(NodeChoice node, ParseResult line, IReadOnlyList<string> roles)
    {
        // The number of threads is part of the experiments, which this node does not know yet.
        var options = node.Read(line, threads: 2);
        return (roles.Contains(GridNode.WorkerRole), node.Workers(line)) switch
        {
            (true, 0) => throw new UnusableInputException(
                "--workers 0: a node with the role worker needs at least 1. Give 1 or more, or leave that role out of --roles."),
            (false, > 0 and var given) => throw new UnusableInputException(
                $"--workers {given}: only a node with the role worker executes runs. Add that role to --roles, or leave --workers out."),
            (var works, _) => works ? options : options with { Workers = 0 },
        };
    }

    // A coordinator also prints the progress of cells, so both roles start the worker's actor.
    private static bool RunsCells(string role) => role is GridNode.WorkerRole or GridNode.CoordinatorRole;

    private static TimeSpan? ReadWait(double? seconds) => seconds switch
    {
        null => null,
        > 0 and <= 86_400 and var given => TimeSpan.FromSeconds(given),
        var given => throw new UnusableInputException(
            $"--wait {given}: must be more than 0 and at most 86400 seconds. Give such a number, or leave it out."),
    };

    // Works for the coordinator of a cluster; with --rejoin, joins again after the cluster has removed the node.
    private static async Task<int> WorkAsync(
        ClusterChoice cluster,
        IReadOnlyList<string> roles,
        string? store,
        NodeOptions options,
        CollectorOptions collector,
        TimeSpan? wait,
        ParseResult line,
        CancellationToken interruption)
    {
        var output = GuardedWriter.ForProgress(line.InvocationConfiguration);
        var settings = SettingsFile.Read(line);
        while (true)
        {
            var interval = TimeSpan.FromSeconds(settings.Planet.ProgressSeconds);
            var watcher = new NodeWatcher(output, interval, TimeProvider.System);
            var episodes = new CollectorWatcher(output, interval, TimeProvider.System);
            using var search = new CoordinatorSearch(wait, TimeProvider.System, interruption);
            GridProgress? known = null;
            GridNode? node = null;
            var parts = new GridNodeParts
            {
                Worker = roles.Any(RunsCells) ? options with { ExtraArguments = cluster.ExtraArguments(line, () => node!.Address) } : null,
                Collector = roles.Contains(RoleChoice.Collector) ? collector : null,
                OpenStore = store is null ? null : () => GridStores.Open(store, TimeProvider.System),
                Lease = options.Lease,
                Watch = nodeEvent =>
                {
                    watcher.Watch(nodeEvent);
                    if (nodeEvent is ProgressUpdated updated)
                    {
                        known = updated.Progress;
                        search.Found();
                    }
                },
                WatchCollector = episodes.Watch,
                Joined = roles.Any(RunsCells) ? static () => { } : search.Found,
            };
            node = GridNode.Start(parts, settings, cluster.Join(line, roles), ClusterChoice.Log(line));
            var runs = roles.Any(RunsCells) ? $"; {options.Workers} run(s) at a time in {options.Runs}" : "";
            await output.WriteLineAsync($"{node.Address}: {string.Join(", ", roles)}{runs}").ConfigureAwait(false);
            await node.WorkAsync(search.Token).ConfigureAwait(false);
            var end = await node.EndAsync().ConfigureAwait(false);
            watcher.Finish();
            if (roles.Contains(RoleChoice.Collector))
            {
                episodes.Finish();
            }

            if (search.HasFailed)
            {
                throw new UnusableInputException(
                    $"--join {line.GetValue(cluster.Seeds)}: no grid coordinator was found within {wait!.Value.TotalSeconds:0.#} s: "
                    + "it is not running, or cannot be reached. Start it with `planet grid --listen ADDRESS:PORT`.");
            }

            switch (end)
            {
                case NodeEnd.Done:
                    var progress = known is null ? "" : $": {NodeWatcher.Line(known)}";
                    await output.WriteLineAsync($"nothing is left to do{progress}").ConfigureAwait(false);
                    return known is null || known.Count(CellStatus.Done) == known.Cells ? ExitCode.Success : ExitCode.Failure;
                case NodeEnd.Stopped:
                    await output.WriteLineAsync("interrupted, everything is saved: its runs are back in the queue").ConfigureAwait(false);
                    return ExitCode.Interrupted;
            }

            await output.WriteLineAsync(
                "this node has lost the grid coordinator: the coordinator has left, or the cluster has removed this node, "
                + "for example because it was suspended; its runs save a checkpoint and end").ConfigureAwait(false);
            if (interruption.IsCancellationRequested)
            {
                return ExitCode.Interrupted;
            }

            if (!line.GetValue(cluster.Rejoin))
            {
                return ExitCode.Failure;
            }

            await output.WriteLineAsync("joining again as a new node").ConfigureAwait(false);
        }
    }
}

using System.CommandLine;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet node</c>: joins the cluster of a grid and does there what its roles say.</summary>
public static class NodeVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("node", "Work for the grids of another machine; start one on every machine that is to help");
        var node = new NodeChoice();
        var roles = new RoleChoice();
        var grid = new Option<string?>("--grid", "-g") { Description = "Only the runs of this grid", HelpName = "NAME" };
        var untilDone = new Option<bool>("--until-done") { Description = "End once no run is queued or running; otherwise wait for more" };
        var wait = new Option<double?>("--wait")
        {
            Description = "End when no grid coordinator has been found for so many seconds; by default it waits for one for ever",
            HelpName = "SECONDS",
        };
        var cluster = new ClusterChoice();
        node.AddTo(verb);
        roles.AddTo(verb);
        foreach (var option in new Option[] { cluster.To, cluster.Bind, cluster.Insecure, cluster.Rejoin, cluster.Collectors, grid, untilDone, wait })
        {
            verb.Add(option);
        }

        verb.SetAction((line, interruption) =>
        {
            cluster.Others(line);
            var chosen = roles.Read(line);
            var store = ReadStore(node.Store(line), chosen);
            var options = ReadWorkers(node, line, chosen) with { UntilDone = line.GetValue(untilDone), Grid = line.GetValue(grid) };
            return WorkAsync(cluster, chosen, store, options, node.ReadCollector(line), ReadWait(line.GetValue(wait)), line, interruption);
        });
        return verb;
    }

    // The ledger of a node that may take over as coordinator; null for one that may not.
    private static string? ReadStore(string? store, IReadOnlyList<string> roles)
    {
        const string Remedy = "Give --store postgres://user@host:5432/database, the one that `planet grid --store` has";
        if (!roles.Contains(GridNode.CoordinatorRole))
        {
            return store is null ? null : throw new UnusableInputException(
                $"--store {store}: a node needs a store only to take over as coordinator. Add that role, as in --roles worker,coordinator, or leave --store out.");
        }

        if (store is null || !PostgresAddress.IsOne(store))
        {
            throw new UnusableInputException(store is null
                ? $"--roles coordinator: a node that takes over the coordinator needs the store that the others use. {Remedy}."
                : $"--store {store}: a folder serves one machine, and a coordinator that survives its machine needs a store that several machines reach. {Remedy}, or leave out --roles coordinator.");
        }

        // Said now, because the store is opened only when this node takes over.
        GridStores.Shown(store);
        return store;
    }

    private static NodeOptions ReadWorkers(NodeChoice node, ParseResult line, IReadOnlyList<string> roles)
    {
        // Runs bring their number of threads with them; one core each is what suits the most nodes.
        var options = node.Read(line, threads: 2);
        return (roles.Contains(GridNode.WorkerRole), node.Workers(line)) switch
        {
            (true, 0) => throw new UnusableInputException("--workers 0: a node with the role worker runs one at least. Give 1 or more, or other --roles."),
            (false, > 0 and var given) => throw new UnusableInputException($"--workers {given}: only a node with the role worker runs anything. Add that role to --roles, or leave --workers out."),
            (var works, _) => works ? options : options with { Workers = 0 },
        };
    }

    // A node that coordinates shows how its cells stand, as one that runs them does.
    private static bool RunsCells(string role) => role is GridNode.WorkerRole or GridNode.CoordinatorRole;

    private static TimeSpan? ReadWait(double? seconds) => seconds switch
    {
        null => null,
        > 0 and <= 86_400 and var given => TimeSpan.FromSeconds(given),
        var given => throw new UnusableInputException($"--wait {given}: it is more than 0 and at most 86400 seconds. Give such a number, or leave it out."),
    };

    // Works for the grid coordinator of a cluster, and comes back where it was removed and is to.
    private static async Task<int> WorkAsync(
        ClusterChoice cluster, IReadOnlyList<string> roles, string? store, NodeOptions options, CollectorOptions collector, TimeSpan? wait, ParseResult line,
        CancellationToken interruption)
    {
        var output = line.InvocationConfiguration.Output;
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
                Worker = roles.Any(RunsCells) ? options with { RunWords = cluster.RunWords(line, () => node!.Address) } : null,
                Collector = roles.Contains(RoleChoice.Collector) ? collector : null,
                Ledger = store is null ? null : () => GridStores.Open(store, TimeProvider.System),
                Lease = options.Lease,
                Watch = happened =>
                {
                    watcher.Watch(happened);
                    if (happened is Standing standing)
                    {
                        known = standing.Progress;
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
                    $"--join {line.GetValue(cluster.To)}: no grid coordinator was found there within {wait!.Value.TotalSeconds:0.#} s: it was not started, has ended, or cannot be reached. Begin it with `planet grid --listen ADDRESS:PORT`.");
            }

            switch (end)
            {
                case NodeEnd.Done:
                    await output.WriteLineAsync(known is null ? "nothing is left to do" : $"nothing is left to do: {NodeWatcher.Line(known)}").ConfigureAwait(false);
                    return known is null || known.Count(CellStatus.Done) == known.Cells ? ExitCode.Success : ExitCode.Failure;
                case NodeEnd.Stopped:
                    await output.WriteLineAsync("interrupted, everything is saved: its runs are back in the queue").ConfigureAwait(false);
                    return ExitCode.Interrupted;
            }

            await output.WriteLineAsync("this node has no grid coordinator any more: that has left, or the cluster has removed this node, as after a freeze; its runs were told to save themselves and end").ConfigureAwait(false);
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

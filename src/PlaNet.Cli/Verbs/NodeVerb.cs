using System.CommandLine;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet node</c>: works through whatever a store holds.</summary>
public static class NodeVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("node", "Work through the grids of a store; start one on every machine");
        var node = new NodeChoice();
        var grid = new Option<string?>("--grid", "-g") { Description = "Only the runs of this grid", HelpName = "NAME" };
        var untilDone = new Option<bool>("--until-done") { Description = "End once no run is queued or running; otherwise wait for more" };
        var cluster = new ClusterChoice();
        var roles = new Option<string>("--roles") { DefaultValueFactory = _ => "worker" };
        node.AddTo(verb);
        verb.Add(roles);
        verb.Add(cluster.To);
        verb.Add(cluster.Bind);
        verb.Add(cluster.Insecure);
        verb.Add(cluster.Rejoin);
        verb.Add(grid);
        verb.Add(untilDone);
        verb.SetAction(async (line, interruption) =>
        {
            // Runs bring their number of threads with them; one core each is what suits the most nodes.
            var (address, options) = node.Read(line, threads: 2);
            if (cluster.IsJoining(line))
            {
                return await JoinAsync(cluster, line.GetValue(roles)!.Split(','), node.ReadCollector(line), options with { UntilDone = line.GetValue(untilDone), Grid = line.GetValue(grid) }, line, interruption).ConfigureAwait(false);
            }

            var store = await StorePatience.AskAsync(() => GridStores.Open(address, TimeProvider.System), interruption).ConfigureAwait(false);
            using (store)
            {
                var output = line.InvocationConfiguration.Output;
                var name = line.GetValue(grid);
                var chosen = name is null
                    ? null
                    : await StorePatience.AskAsync(() => Choose(store, name, line.GetValue(untilDone), output), interruption).ConfigureAwait(false);
                return await GridVerb.WorkAsync(
                    store, options with { Grid = chosen, UntilDone = line.GetValue(untilDone) }, line, interruption).ConfigureAwait(false);
            }
        });
        return verb;
    }

    // Works for the grid coordinator of a cluster, and comes back where it was removed and is to.
    private static async Task<int> JoinAsync(ClusterChoice cluster, string[] roles, PlaNet.Cluster.Collectors.CollectorOptions collector, NodeOptions options, ParseResult line, CancellationToken interruption)
    {
        var output = line.InvocationConfiguration.Output;
        var settings = SettingsFile.Read(line);
        while (true)
        {
            var watcher = new NodeWatcher(output, TimeSpan.FromSeconds(settings.Planet.ProgressSeconds), TimeProvider.System);
            var node = GridNode.Start(
                new GridNodeParts
                {
                    Worker = roles.Contains("worker") ? options : null, Watch = watcher.Watch, Collector = roles.Contains("collector") ? collector : null,
                    WatchCollector = new CollectorWatcher(output, TimeSpan.FromSeconds(settings.Planet.ProgressSeconds), TimeProvider.System).Watch,
                },
                settings, cluster.Join(line, roles), ClusterChoice.Log(line));
            await output.WriteLineAsync($"{node.Address}: {options.Workers} worker(s), runs in {options.Runs}").ConfigureAwait(false);
            await node.WorkAsync(interruption).ConfigureAwait(false);
            var end = await node.EndAsync().ConfigureAwait(false);
            watcher.Finish();
            if (end != NodeEnd.Removed)
            {
                await output.WriteLineAsync(end == NodeEnd.Done ? "nothing is left to do" : "interrupted, everything is saved: its runs are back in the queue").ConfigureAwait(false);
                return end == NodeEnd.Done ? ExitCode.Success : ExitCode.Interrupted;
            }

            await output.WriteLineAsync("this node has no grid coordinator any more: that has left, or the cluster has removed this node, as after a freeze; its runs were told to save themselves and end").ConfigureAwait(false);
            if (!line.GetValue(cluster.Rejoin) || interruption.IsCancellationRequested)
            {
                return ExitCode.Failure;
            }

            await output.WriteLineAsync("joining again as a new node").ConfigureAwait(false);
        }
    }

    // A grid that is not there may come; one that is to be done is mistyped.
    private static string Choose(IGridStore store, string name, bool untilDone, TextWriter output)
    {
        if (untilDone)
        {
            return StoredNames.RequireGrid(store, name);
        }

        var found = StoredNames.FindGrid(store, name);
        if (found is null)
        {
            output.WriteLine($"note: the store holds no grid {name} yet; waiting for it");
        }

        return found ?? name;
    }
}

using System.CommandLine;
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
        node.AddTo(verb);
        verb.Add(grid);
        verb.Add(untilDone);
        verb.SetAction(async (line, interruption) =>
        {
            // Runs bring their number of threads with them; one core each is what suits the most nodes.
            var (store, options) = await StorePatience.AskAsync(() => node.Read(line, threads: 2), interruption).ConfigureAwait(false);
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

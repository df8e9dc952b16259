using System.CommandLine;

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
                return await GridVerb.WorkAsync(
                    store,
                    options with { Grid = line.GetValue(grid), UntilDone = line.GetValue(untilDone) },
                    line.InvocationConfiguration.Output,
                    interruption).ConfigureAwait(false);
            }
        });
        return verb;
    }
}

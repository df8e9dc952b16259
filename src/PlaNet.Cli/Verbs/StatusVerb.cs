using System.CommandLine;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet status</c>: which nodes there are, who runs what, how far it is, and what is left, on one screen.</summary>
public static class StatusVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("status", "Show how the grids of a store stand: the nodes that work on them, who runs what, progress, time left");
        var choice = new GridSourceChoice();
        var grid = new Option<string?>("--grid", "-g") { Description = "Only this grid", HelpName = "NAME" };
        var all = new Option<bool>("--all") { Description = "Every run on a line of its own" };
        choice.AddTo(verb);
        verb.Add(grid);
        verb.Add(all);
        verb.SetAction((line, interruption) => choice.AskAsync(
            line,
            async source =>
            {
                var cluster = await source.AskClusterAsync(interruption).ConfigureAwait(false);
                return (Cluster: cluster, Cells: cluster is { HasGrid: false } ? [] : await source.ListAsync(interruption).ConfigureAwait(false));
            },
            (source, seen) =>
            {
                var output = line.InvocationConfiguration.Output;
                var chosen = line.GetValue(grid) is { } name ? StoredNames.RequireGrid(seen.Cells, source.Address, name) : null;
                if (seen.Cluster is { } cluster)
                {
                    StatusTables.WriteNodes(cluster, output);
                }

                if (seen.Cluster is { HasGrid: false })
                {
                    return Task.FromResult(ExitCode.Success);
                }

                StatusTables.WriteCells([.. seen.Cells.Where(cell => chosen is null || cell.Key.Grid == chosen)], seen.Cluster, line.GetValue(all), output);
                return Task.FromResult(ExitCode.Success);
            },
            interruption));
        return verb;
    }
}

using System.CommandLine;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet status</c>: the nodes, the runs, their progress and the time left, on one screen.</summary>
public static class StatusVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("status", "Show the status of the grids of a store: nodes, running runs, progress, time left");
        var choice = new GridSourceChoice();
        var grid = new Option<string?>("--grid", "-g") { Description = "Show only this grid", HelpName = "NAME" };
        var all = new Option<bool>("--all") { Description = "Show every run on its own line" };
        choice.AddTo(verb);
        verb.Add(grid);
        verb.Add(all);
        verb.SetAction((line, interruption) => choice.AskAsync(
            line,
            async source =>
            {
                var cluster = await source.AskClusterAsync(interruption).ConfigureAwait(false);
                var hasGrid = cluster is not { HasGrid: false };
                return (Cluster: cluster, Cells: hasGrid ? await source.ListAsync(interruption).ConfigureAwait(false) : []);
            },
            (source, data) =>
            {
                var output = line.InvocationConfiguration.Output;
                var chosen = line.GetValue(grid) is { } name ? StoredNames.RequireGrid(data.Cells, source.Address, name) : null;
                if (data.Cluster is { } cluster)
                {
                    StatusTables.WriteNodes(cluster, output);
                }

                if (data.Cluster is { HasGrid: false })
                {
                    return Task.FromResult(ExitCode.Success);
                }

                StatusTables.WriteCells(
                    [.. data.Cells.Where(cell => chosen is null || cell.Key.Grid == chosen)], data.Cluster, line.GetValue(all), output);
                return Task.FromResult(ExitCode.Success);
            },
            interruption));
        return verb;
    }
}

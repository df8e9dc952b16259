using System.Globalization;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cli;

/// <summary>Tables of the status of a cluster's nodes and of the cells of grids.</summary>
internal static class StatusTables
{
    private const int MaxShown = 15;

    /// <summary>Writes a table of the nodes, and one of the episodes that their collectors play.</summary>
    public static void WriteNodes(ClusterStatus cluster, TextWriter output)
    {
        TextTable.Write(
            output, ["node", "roles", "state", "up", "load", "runs", "restarts"], [.. cluster.Members.Select(Row)], leftAligned: 3);
        output.WriteLine();
        var collectors = cluster.Members.Where(member => member.Node?.Collector is not null).ToList();
        if (collectors.Count > 0)
        {
            TextTable.Write(
                output,
                ["episode for", "node", "weights", "decision", "episodes"],
                [.. collectors.Select(member => Row(member, member.Node!.Collector!))],
                leftAligned: 2);
            output.WriteLine();
        }
    }

    /// <summary>Writes the progress of each grid, a table of running cells (or of all), and the reasons of failed cells.</summary>
    /// <param name="cells">The cells to show.</param>
    /// <param name="cluster">The nodes, to show addresses instead of owner names; null if they are unknown.</param>
    /// <param name="all">Whether the table contains every cell; otherwise only running ones, at most 15.</param>
    /// <param name="output">Output for the tables.</param>
    public static void WriteCells(IReadOnlyList<CellRow> cells, ClusterStatus? cluster, bool all, TextWriter output)
    {
        foreach (var grid in cells.GroupBy(cell => cell.Key.Grid))
        {
            output.WriteLine($"{grid.Key}: {NodeWatcher.Line(GridProgress.Of([.. grid]))}");
        }

        if (cells.Count == 0)
        {
            output.WriteLine("no runs");
        }

        var chosen = cells.Where(cell => all || cell.State.Status == CellStatus.Running).ToList();
        var shown = chosen.Take(all ? int.MaxValue : MaxShown).ToList();
        if (shown.Count > 0)
        {
            var addresses = Addresses(cluster);
            output.WriteLine();
            TextTable.Write(
                output,
                ["run", "state", "node", "claim", "progress", "left"],
                [.. shown.Select(cell => Row(cell, addresses))],
                leftAligned: 3);
            WriteRemainder(chosen.Count - shown.Count, "running", output);
        }

        var failed = cells.Where(cell => cell.State.Status == CellStatus.Failed).ToList();
        if (failed.Count > 0)
        {
            output.WriteLine();
            foreach (var cell in failed.Take(MaxShown))
            {
                output.WriteLine($"FAILED {cell.Key.Name}: {cell.State.Reason}");
            }

            WriteRemainder(failed.Count - MaxShown, "failed", output);
        }
    }

    // The addresses of worker nodes by the owner names in the store.
    private static Dictionary<string, string> Addresses(ClusterStatus? cluster) => (cluster?.Members ?? [])
        .Where(member => member.Node?.Worker is not null)
        .DistinctBy(member => member.Node!.Worker!.Owner, StringComparer.Ordinal)
        .ToDictionary(member => member.Node!.Worker!.Owner, member => member.Address, StringComparer.Ordinal);

    private static string[] Row(ClusterMember member)
    {
        string[] known = [member.Address, string.Join(", ", member.Roles), member.State.ToString().ToLowerInvariant()];
        return member.Node is not { } node
            ? [.. known, "", "", "", ""]
            :
            [
                .. known,
                GridCosts.Duration(node.Up.TotalSeconds),
                node.Load is { } load ? string.Create(CultureInfo.InvariantCulture, $"{100 * load:F0} %") : "",
                node.Worker is { } worker ? $"{worker.Cells.Count} of {worker.Slots}" : "",
                node.Restarts.ToString(CultureInfo.InvariantCulture),
            ];
    }

    private static string[] Row(ClusterMember member, CollectorStatus collector) =>
    [
        collector.Run ?? "none",
        member.Address,
        collector.WeightsVersion?.ToString(CultureInfo.InvariantCulture) ?? "none",
        collector.Run is null ? "" : $"{collector.Decision} of {collector.Decisions}",
        collector.Episodes.ToString(CultureInfo.InvariantCulture),
    ];

    private static string[] Row(CellRow cell, Dictionary<string, string> addresses)
    {
        var state = cell.State;
        var rate = state.Status == CellStatus.Running ? GridProgress.Rate(cell) : 0;
        var late = state.Status == CellStatus.Running && state.LeaseUntil < cell.ReadAt;
        return
        [
            cell.Key.Name,
            late ? "silent" : state.Status.ToString().ToLowerInvariant(),
            addresses.GetValueOrDefault(state.Owner) ?? string.Join(':', state.Owner.Split(':').Take(2)),
            state.Epoch.ToString(CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"{100.0 * state.Step / Math.Max(1, cell.Steps):F0} %"),
            rate > 0 ? GridCosts.Duration((cell.Steps - state.Step) / rate) : "",
        ];
    }

    private static void WriteRemainder(int count, string word, TextWriter output)
    {
        if (count > 0)
        {
            output.WriteLine($"and {count} more {word} (--all shows every run)");
        }
    }
}

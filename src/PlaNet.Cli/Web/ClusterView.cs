using System.Globalization;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;
using PlaNet.Common;

namespace PlaNet.Cli.Web;

/// <summary>A node of a cluster on a page. Unknown values are null.</summary>
/// <param name="Address">Address on which it listens.</param>
/// <param name="Roles">Its roles, separated by commas.</param>
/// <param name="State">Its state in the cluster.</param>
/// <param name="UpSeconds">Seconds since it was started.</param>
/// <param name="Load">Load of its machine, as a part of its cores.</param>
/// <param name="Runs">Cells that it runs.</param>
/// <param name="Slots">Cells that it can run at the same time.</param>
/// <param name="Restarts">Restarts of its actors.</param>
/// <param name="CollectorRun">Run whose episode its collector plays.</param>
/// <param name="CollectorEpisodes">Episodes that its collector has delivered; null without a collector.</param>
/// <param name="CollectorDecision">Decisions of the current episode.</param>
/// <param name="CollectorDecisions">Decisions of the whole episode.</param>
internal sealed record NodeView(
    string Address,
    string Roles,
    MemberState State,
    double? UpSeconds,
    double? Load,
    int? Runs,
    int? Slots,
    long? Restarts,
    string? CollectorRun,
    long? CollectorEpisodes,
    int? CollectorDecision,
    int? CollectorDecisions);

/// <summary>A grid on a page.</summary>
/// <param name="Name">Name of the grid.</param>
/// <param name="Line">Its progress in words.</param>
/// <param name="Fraction">Part of its steps that are done, from 0 to 1.</param>
internal sealed record GridView(string Name, string Line, double Fraction);

/// <summary>A cell on a page.</summary>
/// <param name="Grid">Name of its grid.</param>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its status.</param>
/// <param name="Owner">The node that holds it or held it last.</param>
/// <param name="Epoch">Number of its last claim.</param>
/// <param name="Fraction">Part of its steps that are done, from 0 to 1.</param>
/// <param name="SecondsLeft">Estimated seconds until it is done; null if unknown.</param>
/// <param name="Reason">Why it failed last; empty if it never failed.</param>
internal sealed record CellView(
    string Grid, string Name, CellStatus Status, string Owner, string Epoch, double Fraction, double? SecondsLeft, string Reason);

/// <summary>A cluster on a page.</summary>
/// <param name="Problem">Why it cannot be shown; null if it can.</param>
/// <param name="Nodes">Its nodes.</param>
/// <param name="Grids">Its grids.</param>
/// <param name="Cells">Cells that run or have failed, and the first of the others.</param>
internal sealed record ClusterView(
    string? Problem, IReadOnlyList<NodeView> Nodes, IReadOnlyList<GridView> Grids, IReadOnlyList<CellView> Cells)
{
    private const int MostCells = 200;

    /// <summary>Asks a cluster; its problem is a part of the answer.</summary>
    /// <param name="source">The connection.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<ClusterView> AskAsync(IGridSource source, CancellationToken cancellation)
    {
        try
        {
            var cluster = await source.AskClusterAsync(cancellation).ConfigureAwait(false);
            var cells = cluster is { HasGrid: true } ? await source.ListAsync(cancellation).ConfigureAwait(false) : [];
            return Of(cluster, cells);
        }
        catch (Exception failure) when (failure is ClusterException or GridStoreException)
        {
            return new ClusterView(OneLine.Of(failure.Message, 400), [], [], []);
        }
    }

    private static ClusterView Of(ClusterStatus? cluster, IReadOnlyList<CellRow> cells)
    {
        var addresses = (cluster?.Members ?? [])
            .Where(member => member.Node?.Worker is not null)
            .DistinctBy(member => member.Node!.Worker!.Owner, StringComparer.Ordinal)
            .ToDictionary(member => member.Node!.Worker!.Owner, member => member.Address, StringComparer.Ordinal);
        return new ClusterView(
            null,
            [.. (cluster?.Members ?? []).Select(Of)],
            [
                .. cells.GroupBy(cell => cell.Key.Grid, StringComparer.Ordinal)
                    .Select(grid => (Name: grid.Key, Progress: GridProgress.Of([.. grid])))
                    .Select(grid => new GridView(grid.Name, NodeWatcher.Line(grid.Progress), grid.Progress.Fraction)),
            ],
            [
                .. cells
                    .OrderBy(cell => cell.State.Status switch { CellStatus.Running => 0, CellStatus.Failed => 1, _ => 2 })
                    .Take(MostCells)
                    .Select(cell => Of(cell, addresses)),
            ]);
    }

    private static NodeView Of(ClusterMember member)
    {
        var (node, worker, collector) = (member.Node, member.Node?.Worker, member.Node?.Collector);
        return new NodeView(
            member.Address,
            string.Join(", ", member.Roles),
            member.State,
            node?.Up.TotalSeconds,
            node?.Load,
            worker?.Cells.Count,
            worker?.Slots,
            node?.Restarts,
            collector?.Run,
            collector?.Episodes,
            collector?.Decision,
            collector?.Decisions);
    }

    private static CellView Of(CellRow cell, Dictionary<string, string> addresses)
    {
        var rate = cell.State.Status == CellStatus.Running ? GridProgress.Rate(cell) : 0;
        return new CellView(
            cell.Key.Grid,
            cell.Key.Name,
            cell.State.Status,
            addresses.GetValueOrDefault(cell.State.Owner, cell.State.Owner),
            cell.State.Epoch.ToString(CultureInfo.InvariantCulture),
            Math.Clamp((double)cell.State.Step / Math.Max(1, cell.Steps), 0, 1),
            rate > 0 ? (cell.Steps - cell.State.Step) / rate : null,
            cell.State.Reason);
    }
}

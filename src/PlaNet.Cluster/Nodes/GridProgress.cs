using MessagePack;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>Progress of a set of cells.</summary>
/// <param name="Cells">Number of cells.</param>
/// <param name="Counts">Number of cells by status.</param>
/// <param name="Fraction">Completed fraction of all steps, 0 to 1; cancelled, paused and failed cells do not count.</param>
/// <param name="Left">Estimated time to completion at the current rate of the running cells; null while the rate is unknown.</param>
[MessagePackObject]
public sealed record GridProgress(
    [property: Key(0)] int Cells,
    [property: Key(1)] IReadOnlyDictionary<CellStatus, int> Counts,
    [property: Key(2)] double Fraction,
    [property: Key(3)] TimeSpan? Left)
{
    /// <summary>The progress of cells.</summary>
    public static GridProgress Of(IReadOnlyList<CellRow> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        StatusTotal[] totals =
        [
            .. cells.GroupBy(cell => cell.State.Status).Select(group => new StatusTotal(
                group.Key, group.Count(), group.Sum(cell => cell.Steps), group.Sum(cell => Math.Min(cell.State.Step, cell.Steps)))),
        ];
        return Of(totals, cells.Where(cell => cell.State.Status == CellStatus.Running).Sum(Rate));
    }

    /// <summary>The progress of cells, computed from their totals.</summary>
    /// <param name="totals">Totals of the cells, one per status that occurs.</param>
    /// <param name="rate">Steps per second of all running cells together; 0 while unknown.</param>
    public static GridProgress Of(IReadOnlyList<StatusTotal> totals, double rate)
    {
        ArgumentNullException.ThrowIfNull(totals);
        var counted = totals.Where(total => total.Status is CellStatus.Queued or CellStatus.Running or CellStatus.Done).ToList();
        double all = counted.Sum(total => total.Steps);
        double done = counted.Sum(total => total.Done);
        TimeSpan? left = all <= done ? TimeSpan.Zero : rate > 0 ? TimeSpan.FromSeconds((all - done) / rate) : null;
        return new GridProgress(
            totals.Sum(total => total.Cells),
            totals.ToDictionary(total => total.Status, total => total.Cells),
            all > 0 ? done / all : 1,
            left);
    }

    /// <summary>Steps per second of one running cell since it was claimed; 0 while unknown.</summary>
    public static double Rate(CellRow cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        var seconds = (cell.ReadAt - cell.State.Started).TotalSeconds;
        return seconds > 0 ? Math.Max(0, cell.State.Step - cell.State.StepAtClaim) / seconds : 0;
    }

    /// <summary>Number of cells that have a status.</summary>
    public int Count(CellStatus status) => Counts.GetValueOrDefault(status);
}

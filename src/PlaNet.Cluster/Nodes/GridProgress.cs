using MessagePack;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>How far a set of cells has come.</summary>
/// <param name="Cells">All cells.</param>
/// <param name="Counts">How many cells have each status.</param>
/// <param name="Fraction">Part of all steps that is done, 0 to 1; cells that are cancelled, paused or failed do not count.</param>
/// <param name="Left">Time until all are done at the rate of the runs that are going; null while nothing is known.</param>
[MessagePackObject]
public sealed record GridProgress(
    [property: Key(0)] int Cells,
    [property: Key(1)] IReadOnlyDictionary<CellStatus, int> Counts,
    [property: Key(2)] double Fraction,
    [property: Key(3)] TimeSpan? Left)
{
    /// <summary>The progress of cells.</summary>
    /// <param name="cells">The cells.</param>
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

    /// <summary>The progress of cells by their sums.</summary>
    /// <param name="totals">Sums over the cells, one for each status that any of them has.</param>
    /// <param name="rate">Steps a second of all running cells together; 0 while nothing is known.</param>
    public static GridProgress Of(IReadOnlyList<StatusTotal> totals, double rate)
    {
        ArgumentNullException.ThrowIfNull(totals);
        var counted = totals.Where(total => total.Status is CellStatus.Queued or CellStatus.Running or CellStatus.Done).ToList();
        double all = counted.Sum(total => total.Steps);
        double done = counted.Sum(total => total.Done);
        TimeSpan? left = all <= done ? TimeSpan.Zero : rate > 0 ? TimeSpan.FromSeconds((all - done) / rate) : null;
        return new GridProgress(
            totals.Sum(total => total.Cells), totals.ToDictionary(total => total.Status, total => total.Cells), all > 0 ? done / all : 1, left);
    }

    /// <summary>Steps a second of one running cell since it was claimed; 0 while nothing is known.</summary>
    /// <param name="cell">The cell.</param>
    public static double Rate(CellRow cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        var seconds = (cell.ReadAt - cell.State.Started).TotalSeconds;
        return seconds > 0 ? Math.Max(0, cell.State.Step - cell.State.BeganAt) / seconds : 0;
    }

    /// <summary>How many cells have a status.</summary>
    /// <param name="status">The status.</param>
    public int Count(CellStatus status) => Counts.GetValueOrDefault(status);
}

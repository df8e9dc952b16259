namespace PlaNet.Telemetry.Dashboard;

/// <summary>Thins out long series for a chart, without hiding a peak: a chart of all points looks the same.</summary>
public static class Decimation
{
    /// <summary>
    /// At most <paramref name="most"/> of the points, in their order. The steps are divided into ranges of equal length; of each range the
    /// smallest and the largest finite value remain, or its first value if none is finite. So the extremes of the series always remain.
    /// A series that is short enough is returned unchanged.
    /// </summary>
    /// <param name="points">The points, by ascending step.</param>
    /// <param name="most">Most points of the result; at least 2.</param>
    public static IReadOnlyList<SeriesPoint> KeepExtremes(IReadOnlyList<SeriesPoint> points, int most)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 2);
        if (points.Count <= most)
        {
            return points;
        }

        var ranges = most / 2;
        var kept = new List<SeriesPoint>(2 * ranges);
        var (first, length) = (points[0].Step, (double)(points[^1].Step - points[0].Step) + 1);
        int RangeOf(int index) => Math.Clamp((int)((points[index].Step - first) / length * ranges), 0, ranges - 1);
        for (var start = 0; start < points.Count;)
        {
            var (range, low, high, end) = (RangeOf(start), -1, -1, start);
            for (; end < points.Count && RangeOf(end) == range; end++)
            {
                var value = points[end].Value;
                if (double.IsFinite(value))
                {
                    low = low < 0 || value < points[low].Value ? end : low;
                    high = high < 0 || value > points[high].Value ? end : high;
                }
            }

            if (low < 0)
            {
                kept.Add(points[start]);
            }
            else
            {
                kept.Add(points[Math.Min(low, high)]);
                if (low != high)
                {
                    kept.Add(points[Math.Max(low, high)]);
                }
            }

            start = end;
        }

        return kept;
    }
}

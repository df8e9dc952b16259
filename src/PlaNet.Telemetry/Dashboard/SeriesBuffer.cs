namespace PlaNet.Telemetry.Dashboard;

/// <summary>A series that grows without limit in memory that does not: <see cref="Decimation"/> thins it out whenever it is full.</summary>
/// <param name="capacity">Points that are kept at least, once there were as many; at least 2. At most twice as many are in memory.</param>
public sealed class SeriesBuffer(int capacity)
{
    private List<SeriesPoint> _points = [];

    /// <summary>Number of points that were added.</summary>
    public long Count { get; private set; }

    /// <summary>Sum of the finite values that were added.</summary>
    public double Sum { get; private set; }

    /// <summary>The last point; null before the first.</summary>
    public SeriesPoint? Last { get; private set; }

    /// <summary>Adds a point; its step is at least that of the last one.</summary>
    public void Add(SeriesPoint point)
    {
        (Last, Count) = (point, Count + 1);
        Sum += double.IsFinite(point.Value) ? point.Value : 0;
        _points.Add(point);
        if (_points.Count > 2 * capacity)
        {
            _points = [.. Decimation.KeepExtremes(_points, capacity)];
        }
    }

    /// <summary>The series in at most <paramref name="most"/> points, and the last one, which is what the series is at now.</summary>
    /// <param name="most">At least 2.</param>
    public IReadOnlyList<SeriesPoint> Points(int most)
    {
        var points = Decimation.KeepExtremes(_points, most);
        return Last is { } last && points[^1] != last ? [.. points, last] : [.. points];
    }
}

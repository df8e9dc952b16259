using PlaNet.Common;
using PlaNet.Telemetry.Dashboard;

namespace PlaNet.Tests.Telemetry.Dashboard;

/// <summary>A long series is thinned out without hiding its extremes.</summary>
public sealed class DecimationTests
{
    [Theory]
    [InlineData(100_000, 2_000)]
    [InlineData(100_000, 2)]
    [InlineData(2_001, 2_000)]
    [InlineData(5_000, 61)]
    public void The_extremes_of_the_series_and_of_each_range_remain_in_order(int count, int most)
    {
        var random = new RandomStream(7);
        SeriesPoint[] points =
        [
            .. Enumerable.Range(0, count).Select(step => new SeriesPoint(step, Math.Sin(step / 500.0) + (random.NextInt32(1_000) / 1e4))),
        ];
        points[count / 3] = points[count / 3] with { Value = 50 };
        points[count / 2] = points[count / 2] with { Value = -50 };
        var kept = Decimation.KeepExtremes(points, most);
        Assert.InRange(kept.Count, 2, most);
        Assert.Contains(points[count / 3], kept);
        Assert.Contains(points[count / 2], kept);
        Assert.All(kept, point => Assert.Equal(points[(int)point.Step], point));
        Assert.Equal(kept.OrderBy(point => point.Step), kept);

        // The lowest and the highest of every hundredth of a long series, if a hundredth has several ranges.
        if (most >= 2_000 && count == 100_000)
        {
            for (var start = 0; start < count; start += count / 100)
            {
                var part = points[start..(start + (count / 100))];
                var shown = kept.Where(point => point.Step >= start && point.Step < start + (count / 100)).ToArray();
                Assert.Equal(part.Max(point => point.Value), shown.Max(point => point.Value));
                Assert.Equal(part.Min(point => point.Value), shown.Min(point => point.Value));
            }
        }
    }

    [Fact]
    public void A_short_series_stays_as_it_is()
    {
        SeriesPoint[] points = [new(0, 1), new(0, 2), new(5, double.NaN)];
        Assert.Same(points, Decimation.KeepExtremes(points, 3));
    }

    [Fact]
    public void Values_that_are_not_finite_hide_no_value_and_leave_a_mark()
    {
        SeriesPoint[] points =
        [
            .. Enumerable.Range(0, 100).Select(step => new SeriesPoint(
                step, step >= 50 ? double.NaN : step % 10 == 0 ? double.PositiveInfinity : step)),
        ];
        var kept = Decimation.KeepExtremes(points, 10);
        Assert.Contains(new SeriesPoint(49, 49), kept);
        Assert.Contains(new SeriesPoint(1, 1), kept);
        Assert.Contains(kept, point => point.Step >= 50 && double.IsNaN(point.Value));
        Assert.DoesNotContain(kept, point => double.IsInfinity(point.Value));
    }

    [Fact]
    public void Points_of_one_step_are_one_range()
    {
        SeriesPoint[] points = [.. Enumerable.Range(0, 100).Select(value => new SeriesPoint(3, value))];
        Assert.Equal([new SeriesPoint(3, 0), new SeriesPoint(3, 99)], Decimation.KeepExtremes(points, 10));
    }

    [Fact]
    public void A_series_that_grows_stays_small_and_keeps_its_extremes_and_its_end()
    {
        var buffer = new SeriesBuffer(1_000);
        for (var step = 0; step < 100_000; step++)
        {
            buffer.Add(new SeriesPoint(step, step == 777 ? 1e6 : step == 50_001 ? -1e6 : step % 97));
        }

        var points = buffer.Points(2_000);
        Assert.Equal(100_000, buffer.Count);
        Assert.InRange(points.Count, 900, 2_001);
        Assert.Contains(new SeriesPoint(777, 1e6), points);
        Assert.Contains(new SeriesPoint(50_001, -1e6), points);
        Assert.Equal(new SeriesPoint(99_999, 99_999 % 97), points[^1]);

        // Old parts stay detailed, however often they were thinned out.
        Assert.InRange(points.Count(point => point.Step < 50_000), 250, 1_000);
    }

    [Fact]
    public void A_short_series_that_grows_has_every_point()
    {
        var buffer = new SeriesBuffer(1_000);
        SeriesPoint[] points = [.. Enumerable.Range(0, 1_500).Select(step => new SeriesPoint(step, step / 2))];
        foreach (var point in points)
        {
            buffer.Add(point);
        }

        Assert.Equal(points, buffer.Points(2_000));
        Assert.Equal(points.Sum(point => point.Value), buffer.Sum);
    }
}

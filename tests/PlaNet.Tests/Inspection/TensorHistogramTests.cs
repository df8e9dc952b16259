using PlaNet.Inspection;

namespace PlaNet.Tests.Inspection;

public sealed class TensorHistogramTests
{
    [Fact]
    public void Numbers_are_counted_in_the_bins_that_hold_them()
    {
        float[] values =
        [
            .. new[] { 0f, -0f, 1e-13f, -1e-13f, 1e-12f, 1f, 1f, -1f, 3.5f, 1e30f, -1e30f, float.MaxValue, float.Epsilon },
            .. Enumerable.Range(0, 2000).Select(i => (float)(Math.Sin(i) * Math.Pow(10, i % 17 - 10))),
        ];
        using var scope = torch.NewDisposeScope();
        var histogram = TensorHistogram.Of("x", [torch.tensor(values[..1000]).reshape(10, 100), torch.tensor(values[1000..])]);
        Assert.Equal("x", histogram.Name);
        Assert.Equal((values.Min(), values.Max()), (histogram.Min, histogram.Max));
        Assert.Equal(values.Sum(value => (double)value), histogram.Sum, 1e-6 * values.Sum(value => Math.Abs((double)value)));
        Assert.Equal(double.MaxValue, histogram.Limits[^1]);
        Assert.Equal(histogram.Limits.Distinct().Order(), histogram.Limits);
        Assert.Equal(histogram.Limits.Count, histogram.Counts.Count);
        for (var bin = 0; bin < histogram.Limits.Count; bin++)
        {
            var low = bin == 0 ? double.MinValue : histogram.Limits[bin - 1];
            Assert.Equal(values.Count(value => value >= low && value < histogram.Limits[bin]), histogram.Counts[bin]);
        }

        // Two empty bins are one.
        Assert.DoesNotContain(histogram.Counts.Zip(histogram.Counts.Skip(1)), pair => pair is (0, 0));
    }

    [Fact]
    public void Bins_resolve_small_and_large_numbers_alike()
    {
        using var scope = torch.NewDisposeScope();
        var histogram = TensorHistogram.Of("x", [torch.tensor(new[] { 1e-9f, 1.2e-9f, 1f, 1.2f, -5e4f, -6e4f })]);
        Assert.Equal(6, histogram.Counts.Count(count => count == 1));
        Assert.Equal(6, histogram.Counts.Sum());
    }

    [Fact]
    public void Numbers_of_half_precision_are_counted()
    {
        using var scope = torch.NewDisposeScope();
        var histogram = TensorHistogram.Of("x", [torch.ones(7, dtype: torch.ScalarType.BFloat16)]);
        Assert.Equal((7, 7.0, 7.0), (histogram.Counts.Sum(), histogram.Sum, histogram.SumOfSquares));
    }
}

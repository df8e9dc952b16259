using PlaNet.Telemetry.Statistics;

namespace PlaNet.Tests.Telemetry.Statistics;

public sealed class DescriptiveTests
{
    [Theory]
    [InlineData(0, 10)]
    [InlineData(5, 12)]
    [InlineData(25, 20)]
    [InlineData(50, 30)]
    [InlineData(90, 46)]
    [InlineData(95, 48)]
    [InlineData(100, 50)]
    public void Percentiles_lie_on_the_line_between_the_nearest_ranks(double percent, double expected)
    {
        Assert.Equal(expected, Descriptive.Percentile([50, 10, 30, 20, 40], percent), 12);
    }

    [Fact]
    public void The_median_of_an_even_number_of_values_is_the_mean_of_the_middle_two()
    {
        Assert.Equal(2.5, Descriptive.Median([4, 1, 3, 2]));
        Assert.Equal(7, Descriptive.Median([7]));
    }

    [Fact]
    public void The_interquartile_mean_leaves_out_a_quarter_at_each_end()
    {
        Assert.Equal(3.5, Descriptive.InterquartileMean([1000, 1, 2, 3, 4, 5, 6, -1000]));
        Assert.Equal(4, Descriptive.InterquartileMean([100, 2, 3, 4, 5]), 12);
        Assert.Equal(2, Descriptive.InterquartileMean([1, 2, 3]), 12);
        Assert.Equal(5, Descriptive.InterquartileMean([5]));
    }

    [Fact]
    public void Statistics_leave_the_values_in_their_order()
    {
        double[] values = [3, 1, 2];
        Descriptive.Median(values);
        Descriptive.InterquartileMean(values);
        Assert.Equal([3, 1, 2], values);
    }

    [Fact]
    public void No_values_and_percentiles_outside_0_to_100_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Descriptive.Mean([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Descriptive.InterquartileMean([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Descriptive.Percentile([1], 101));
        Assert.Throws<ArgumentOutOfRangeException>(() => Descriptive.Percentile([1], -1));
    }
}

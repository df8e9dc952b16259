using PlaNet.Common;
using PlaNet.Telemetry.Statistics;

namespace PlaNet.Tests.Telemetry.Statistics;

public sealed class StratifiedBootstrapTests
{
    [Fact]
    public void The_mean_of_many_values_gets_the_interval_of_the_normal_distribution()
    {
        var random = new RandomStream(1);
        double[] values = [.. Enumerable.Range(0, 400).Select(_ => 5 + (2 * random.NextGaussian()))];
        var interval = StratifiedBootstrap.Interval([values], Descriptive.Mean, new RandomStream(2));
        var mean = values.Average();
        var error = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) / values.Length);
        Assert.Equal(mean, interval.Estimate, 12);
        Assert.Equal(mean - (1.96 * error), interval.Low, 0.15 * error);
        Assert.Equal(mean + (1.96 * error), interval.High, 0.15 * error);
    }

    [Fact]
    public void Two_values_give_the_interval_that_can_be_counted_by_hand()
    {
        // The mean of two values drawn from 0 and 1 is 0 or 1 with probability 1/4 each, so a 60 % interval reaches from 0 to 1 and a 40 %
        // interval contains only 0.5.
        Assert.Equal(new ConfidenceInterval(0.5, 0, 1), StratifiedBootstrap.Interval([[0, 1]], Descriptive.Mean, new RandomStream(3), 0.6));
        Assert.Equal(
            new ConfidenceInterval(0.5, 0.5, 0.5),
            StratifiedBootstrap.Interval([[0, 1]], Descriptive.Mean, new RandomStream(3), 0.4));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Nine_of_ten_intervals_of_ninety_percent_contain_the_true_value(int statistic)
    {
        Func<IReadOnlyCollection<double>, double> estimate = statistic switch
        {
            0 => Descriptive.Mean,
            1 => Descriptive.Median,
            _ => Descriptive.InterquartileMean,
        };
        const int Trials = 300;
        var random = new RandomStream(4);
        var held = 0;
        for (var trial = 0; trial < Trials; trial++)
        {
            // Two tasks whose returns lie around -1 and 1: all three statistics of both together are 0.
            double[] Returns(double centre) => [.. Enumerable.Range(0, 30).Select(_ => centre + random.NextGaussian())];
            var interval = StratifiedBootstrap.Interval([Returns(-1), Returns(1)], estimate, random, 0.9, replicates: 200);
            held += interval.Low <= 0 && interval.High >= 0 ? 1 : 0;
        }

        // Five standard errors around 90 %; the bootstrap of 30 values is a little too narrow.
        Assert.InRange(held / (double)Trials, 0.80, 0.985);
    }

    [Fact]
    public void Every_stratum_keeps_its_weight()
    {
        // All values of a stratum are equal, so the mean is certain; without strata it is not.
        var apart = StratifiedBootstrap.Interval([[0, 0, 0], [10, 10, 10]], Descriptive.Mean, new RandomStream(5));
        Assert.Equal(new ConfidenceInterval(5, 5, 5), apart);
        var together = StratifiedBootstrap.Interval([[0, 0, 0, 10, 10, 10]], Descriptive.Mean, new RandomStream(5));
        Assert.True(together.Low < 3 && together.High > 7, $"{together}");
    }

    [Fact]
    public void The_same_generator_gives_the_same_interval_and_another_a_different_one()
    {
        double[] values = [1, 4, 2, 8, 5, 7];
        ConfidenceInterval Of(ulong seed) =>
            StratifiedBootstrap.Interval([values], Descriptive.Mean, new RandomStream(seed), replicates: 50);
        Assert.Equal(Of(6), Of(6));
        Assert.NotEqual(Of(6), Of(7));
    }

    [Fact]
    public void Strata_without_runs_are_refused()
    {
        Assert.Contains("leave out strata", Assert.Throws<ArgumentException>(
            () => StratifiedBootstrap.Interval([[1], []], Descriptive.Mean, new RandomStream(8))).Message);
        Assert.Throws<ArgumentException>(() => StratifiedBootstrap.Interval([], Descriptive.Mean, new RandomStream(8)));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => StratifiedBootstrap.Interval([[1]], Descriptive.Mean, new RandomStream(8), level: 1));
    }
}

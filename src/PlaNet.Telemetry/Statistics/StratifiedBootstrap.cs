using PlaNet.Common;

namespace PlaNet.Telemetry.Statistics;

/// <summary>An estimate and its confidence interval.</summary>
/// <param name="Estimate">The statistic of the original values.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
public sealed record ConfidenceInterval(double Estimate, double Low, double High);

/// <summary>
/// Percentile intervals from the stratified bootstrap (Agarwal et al. 2021), which quantify how uncertain a score of few runs is. Runs are
/// redrawn with replacement within each stratum, such as a task, so that every stratum keeps its weight.
/// </summary>
/// <remarks>With very few runs the intervals are too narrow: of five seeds, 95 % intervals hold the truth in about 85 % of cases.</remarks>
public static class StratifiedBootstrap
{
    /// <summary>Default number of replicates.</summary>
    public const int DefaultReplicates = 2000;

    /// <summary>The interval of a statistic over all values together.</summary>
    /// <param name="strata">The values of each stratum, one per run or seed. At least one stratum, none empty.</param>
    /// <param name="statistic">What is estimated, such as <see cref="Descriptive.InterquartileMean"/>.</param>
    /// <param name="random">Random stream of the replicates: the same state gives the same interval.</param>
    /// <param name="level">Nominal coverage of the interval, above 0 and below 1. Default 0.95.</param>
    /// <param name="replicates">Number of bootstrap samples. At least 1. Default 2000.</param>
    /// <exception cref="ArgumentException">There is no stratum, or a stratum is empty.</exception>
    public static ConfidenceInterval Interval(
        IReadOnlyList<IReadOnlyList<double>> strata,
        Func<IReadOnlyCollection<double>, double> statistic,
        RandomStream random,
        double level = 0.95,
        int replicates = DefaultReplicates)
    {
        ArgumentNullException.ThrowIfNull(strata);
        ArgumentNullException.ThrowIfNull(statistic);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(replicates);
        if (strata.Count == 0 || strata.Any(stratum => stratum.Count == 0))
        {
            throw new ArgumentException(
                "An interval needs at least one stratum and a value in each: leave out strata without runs.", nameof(strata));
        }

        double[] values = [.. strata.SelectMany(stratum => stratum)];
        var drawn = new double[values.Length];
        var estimates = new double[replicates];
        for (var replicate = 0; replicate < replicates; replicate++)
        {
            var index = 0;
            foreach (var stratum in strata)
            {
                for (var i = 0; i < stratum.Count; i++)
                {
                    drawn[index++] = stratum[random.NextInt32(stratum.Count)];
                }
            }

            estimates[replicate] = statistic(drawn);
        }

        var tailPercent = 50 * (1 - level);
        return new ConfidenceInterval(
            statistic(values), Descriptive.Percentile(estimates, tailPercent), Descriptive.Percentile(estimates, 100 - tailPercent));
    }
}

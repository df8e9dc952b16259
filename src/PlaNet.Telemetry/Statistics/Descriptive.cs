namespace PlaNet.Telemetry.Statistics;

/// <summary>Descriptive statistics of a sample, such as the returns of an evaluation.</summary>
public static class Descriptive
{
    /// <summary>
    /// A percentile, interpolated linearly between the two nearest ranks (Hyndman and Fan's definition 7, NumPy's default).
    /// </summary>
    /// <param name="values">At least one, in any order; none is NaN.</param>
    /// <param name="percent">Which percentile, from 0 (the minimum) to 100 (the maximum).</param>
    /// <exception cref="ArgumentOutOfRangeException">The percentile is not in 0 to 100, or there are no values.</exception>
    public static double Percentile(IReadOnlyCollection<double> values, double percent)
    {
        var sorted = Sorted(values);
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        var position = percent / 100 * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(position)], sorted[(int)Math.Ceiling(position)]);
        return below + ((position - Math.Floor(position)) * (above - below));
    }

    /// <summary>The middle value, or the mean of the two middle ones.</summary>
    /// <param name="values">At least one, in any order.</param>
    public static double Median(IReadOnlyCollection<double> values) => Percentile(values, 50);

    /// <summary>The arithmetic mean.</summary>
    /// <param name="values">At least one.</param>
    public static double Mean(IReadOnlyCollection<double> values) => Sorted(values).Average();

    /// <summary>
    /// The mean of the middle half (Agarwal et al. 2021): of n values the n/4 smallest and the n/4 largest are left out, n/4 rounded down.
    /// It is less sensitive to outliers than the mean, and has less variance than the median.
    /// </summary>
    /// <param name="values">At least one, in any order.</param>
    public static double InterquartileMean(IReadOnlyCollection<double> values)
    {
        var sorted = Sorted(values);
        var trimmed = sorted.Length / 4;
        return sorted[trimmed..^trimmed].Average();
    }

    private static double[] Sorted(IReadOnlyCollection<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfZero(values.Count, nameof(values));
        return [.. values.Order()];
    }
}

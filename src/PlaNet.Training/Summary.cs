namespace PlaNet.Training;

/// <summary>Statistics of returns.</summary>
/// <param name="Count">Number of returns.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Median">Median.</param>
/// <param name="Low">Percentile 5, interpolated.</param>
/// <param name="High">Percentile 95, interpolated.</param>
/// <param name="Least">Smallest.</param>
/// <param name="Best">Largest.</param>
public sealed record Summary(int Count, double Mean, double Median, double Low, double High, double Least, double Best)
{
    /// <summary>The statistics of some returns.</summary>
    /// <param name="returns">At least one.</param>
    public static Summary Of(IReadOnlyList<double> returns)
    {
        ArgumentNullException.ThrowIfNull(returns);
        ArgumentOutOfRangeException.ThrowIfZero(returns.Count, nameof(returns));
        var sorted = returns.Order().ToArray();
        return new Summary(
            sorted.Length, sorted.Average(), Percentile(sorted, 0.5), Percentile(sorted, 0.05), Percentile(sorted, 0.95), sorted[0], sorted[^1]);
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        return $"mean {Mean:F1}, median {Median:F1}, 5-95 % {Low:F1} to {High:F1}, least {Least:F1}, best {Best:F1}";
    }

    private static double Percentile(double[] sorted, double part)
    {
        var position = part * (sorted.Length - 1);
        var (below, above) = (sorted[(int)Math.Floor(position)], sorted[(int)Math.Ceiling(position)]);
        return below + ((position - Math.Floor(position)) * (above - below));
    }
}

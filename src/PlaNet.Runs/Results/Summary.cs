using PlaNet.Telemetry.Statistics;

namespace PlaNet.Runs.Results;

/// <summary>Statistics of returns.</summary>
/// <param name="Count">Number of returns.</param>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Median">Median; with an even count the mean of the middle two.</param>
/// <param name="Low">5th percentile, interpolated.</param>
/// <param name="High">95th percentile, interpolated.</param>
/// <param name="Least">Smallest return.</param>
/// <param name="Best">Largest return.</param>
public sealed record Summary(int Count, double Mean, double Median, double Low, double High, double Least, double Best)
{
    /// <summary>Computes the statistics.</summary>
    /// <param name="returns">At least one return.</param>
    public static Summary Of(IReadOnlyList<double> returns)
    {
        ArgumentNullException.ThrowIfNull(returns);
        ArgumentOutOfRangeException.ThrowIfZero(returns.Count, nameof(returns));
        return new Summary(
            returns.Count,
            Descriptive.Mean(returns),
            Descriptive.Median(returns),
            Descriptive.Percentile(returns, 5),
            Descriptive.Percentile(returns, 95),
            returns.Min(),
            returns.Max());
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        return $"mean {Mean:F1}, median {Median:F1}, 5-95 % {Low:F1} to {High:F1}, least {Least:F1}, best {Best:F1}";
    }
}

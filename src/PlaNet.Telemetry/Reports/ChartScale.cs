using System.Globalization;

namespace PlaNet.Telemetry.Reports;

/// <summary>A chart axis: its range and its marks.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end, above <paramref name="Low"/>.</param>
/// <param name="Marks">Values of the marks, ascending.</param>
public sealed record ChartScale(double Low, double High, IReadOnlyList<double> Marks)
{
    /// <summary>An axis that covers some values and ends at round numbers: multiples of 1, 2 or 5 times a power of ten.</summary>
    /// <param name="values">Values to cover; those that are not finite are ignored.</param>
    /// <param name="marks">Approximate number of marks. At least 2. Default 5.</param>
    public static ChartScale Covering(IEnumerable<double> values, int marks = 5)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(marks, 2);
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values.Where(double.IsFinite))
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        if (low > high)
        {
            (low, high) = (0, 1);
        }

        if (high - low <= 1e-9 * Math.Max(Math.Abs(low), Math.Abs(high)))
        {
            var half = low is 0 ? 0.5 : Math.Abs(low) / 2;
            (low, high) = (low - half, high + half);
        }

        var rough = (high - low) / marks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        var (first, last) = (Math.Floor(low / step), Math.Ceiling(high / step));
        var all = Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step).ToArray();
        return new ChartScale(all[0], all[^1], all);
    }

    /// <summary>Relative position of a value: 0 at <see cref="Low"/>, 1 at <see cref="High"/>.</summary>
    public double Position(double value)
    {
        return (value - Low) / (High - Low);
    }

    /// <summary>A mark's value as text: 0, 250, 1.5k, 2M, 0.02.</summary>
    public static string Label(double value)
    {
        var (scaled, unit) = Math.Abs(value) switch
        {
            >= 1e9 => (value / 1e9, "G"),
            >= 1e6 => (value / 1e6, "M"),
            >= 1e4 => (value / 1e3, "k"),
            _ => (value, ""),
        };
        var rounded = Math.Abs(scaled) < 1e-3 && scaled is not 0
            ? scaled.ToString("0.###e+0", CultureInfo.InvariantCulture)
            : Math.Round(scaled, 4).ToString("0.####", CultureInfo.InvariantCulture);
        return rounded + unit;
    }
}

namespace PlaNet.Environments.Verification;

/// <summary>Result of comparing one recorded file with this installation.</summary>
/// <param name="File">Path of the file, relative to the reference folder.</param>
/// <param name="Records">Number of rows, frames or arrays compared.</param>
/// <param name="Differences">The largest difference of each quantity.</param>
/// <param name="Note">Remark on the tolerance, or null.</param>
public sealed record FileComparison(string File, int Records, IReadOnlyList<Difference> Differences, string? Note = null)
{
    /// <summary>Whether every quantity is within its tolerance.</summary>
    public bool IsWithinTolerance => Differences.All(difference => difference.FirstBeyond is null);
}

/// <summary>Largest difference between a quantity and its recorded values.</summary>
/// <param name="Quantity">Name, such as "qpos".</param>
/// <param name="Largest">Largest absolute difference; infinite if a value was missing or not a number.</param>
/// <param name="FirstBeyond">First record that exceeds the tolerance, such as "step 97", or null.</param>
public sealed record Difference(string Quantity, double Largest, string? FirstBeyond);

/// <summary>Tracks the largest difference of one quantity and the first that exceeds its tolerance.</summary>
/// <param name="quantity">Name of the quantity.</param>
internal sealed class DifferenceMeter(string quantity)
{
    private double _largest;
    private string? _firstBeyond;

    public Difference Result => new(quantity, _largest, _firstBeyond);

    /// <summary>Compares two vectors. Returns whether they agree within the tolerance.</summary>
    /// <param name="expected">Recorded values.</param>
    /// <param name="actual">Values of this installation.</param>
    /// <param name="tolerance">Largest allowed absolute difference, or null for no limit.</param>
    /// <param name="where">Name of the record, such as "step 97".</param>
    public bool Add(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double? tolerance, string where)
    {
        var difference = expected.Length == actual.Length ? 0 : double.PositiveInfinity;
        for (var i = 0; i < expected.Length && i < actual.Length; i++)
        {
            difference = Math.Max(difference, Distance(expected[i], actual[i]));
        }

        _largest = Math.Max(_largest, difference);
        var agrees = tolerance is null || difference <= tolerance;
        _firstBeyond ??= agrees ? null : where;
        return agrees;
    }

    /// <summary>Compares two numbers.</summary>
    public bool Add(double expected, double actual, double? tolerance, string where)
    {
        return Add([expected], [actual], tolerance, where);
    }

    private static double Distance(double expected, double actual)
    {
        // Equals treats equal infinities, and two NaNs, as equal.
        if (expected.Equals(actual))
        {
            return 0;
        }

        var distance = Math.Abs(expected - actual);
        return double.IsNaN(distance) ? double.PositiveInfinity : distance;
    }
}

namespace PlaNet.Environments.Verification;

/// <summary>What one recorded file and this installation have in common.</summary>
/// <param name="File">The file, relative to the folder.</param>
/// <param name="Records">Rows, frames or arrays compared.</param>
/// <param name="Differences">The largest difference of each quantity.</param>
/// <param name="Note">What the reader should know about the tolerance, or null.</param>
public sealed record FileComparison(string File, int Records, IReadOnlyList<Difference> Differences, string? Note = null)
{
    /// <summary>Whether no quantity exceeds its tolerance.</summary>
    public bool Holds => Differences.All(difference => difference.FirstBeyond is null);
}

/// <summary>How far a quantity lies from what was recorded.</summary>
/// <param name="Quantity">Name, such as "qpos".</param>
/// <param name="Largest">Largest absolute difference; infinite where there was no number to compare.</param>
/// <param name="FirstBeyond">Where it first exceeds the tolerance, such as "step 97", or null if nowhere.</param>
public sealed record Difference(string Quantity, double Largest, string? FirstBeyond);

/// <summary>Keeps the largest difference of one quantity and the first beyond its tolerance.</summary>
/// <param name="quantity">Name of the quantity.</param>
internal sealed class DifferenceMeter(string quantity)
{
    private double _largest;
    private string? _firstBeyond;

    public Difference Result => new(quantity, _largest, _firstBeyond);

    /// <summary>Takes note of two vectors. Returns whether they agree within the tolerance.</summary>
    /// <param name="expected">As recorded.</param>
    /// <param name="actual">As found.</param>
    /// <param name="tolerance">Largest absolute difference that is allowed, or null to judge nothing.</param>
    /// <param name="where">Which record it is.</param>
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

    /// <summary>Takes note of two numbers.</summary>
    public bool Add(double expected, double actual, double? tolerance, string where)
    {
        return Add([expected], [actual], tolerance, where);
    }

    private static double Distance(double expected, double actual)
    {
        // Equal infinities agree; a number that is none agrees with nothing.
        if (expected.Equals(actual))
        {
            return 0;
        }

        var distance = Math.Abs(expected - actual);
        return double.IsNaN(distance) ? double.PositiveInfinity : distance;
    }
}

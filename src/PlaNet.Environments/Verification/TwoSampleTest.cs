namespace PlaNet.Environments.Verification;

/// <summary>The two-sample Kolmogorov-Smirnov test: whether two samples come from one distribution.</summary>
internal static class TwoSampleTest
{
    /// <summary>Largest distance between the two empirical distribution functions, in [0, 1].</summary>
    public static double Distance(double[] first, double[] second)
    {
        var (a, b) = (first.Order().ToArray(), second.Order().ToArray());
        var (i, j, largest) = (0, 0, 0.0);
        while (i < a.Length && j < b.Length)
        {
            var x = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] <= x)
            {
                i++;
            }

            while (j < b.Length && b[j] <= x)
            {
                j++;
            }

            largest = Math.Max(largest, Math.Abs((i / (double)a.Length) - (j / (double)b.Length)));
        }

        return largest;
    }

    /// <summary>
    /// Critical distance: two samples of one distribution exceed it with the given probability (asymptotic, with Stephens' correction).
    /// </summary>
    /// <param name="first">Size of the first sample.</param>
    /// <param name="second">Size of the second.</param>
    /// <param name="probability">Significance level, at most 0.1.</param>
    public static double Threshold(int first, int second, double probability)
    {
        // For small probabilities the first term of Kolmogorov's series is sufficient.
        var n = Math.Sqrt(first * (double)second / (first + second));
        return Math.Sqrt(-0.5 * Math.Log(probability / 2)) / (n + 0.12 + (0.11 / n));
    }
}

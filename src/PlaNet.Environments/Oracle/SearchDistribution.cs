using PlaNet.Randomness;

namespace PlaNet.Environments.Oracle;

/// <summary>Independent normal distributions over action sequences, from which the cross-entropy method draws (spec, section 4.2).</summary>
/// <param name="Mean">Mean <c>[horizon, action]</c>, row-major.</param>
/// <param name="Deviation">Standard deviation, likewise.</param>
internal sealed record SearchDistribution(double[] Mean, double[] Deviation)
{
    // Keeps a search alive in which all elites agree.
    private const double VarianceFloor = 1e-6;

    /// <summary>Standard normal: where every decision starts.</summary>
    public static SearchDistribution Standard(int size)
    {
        return new SearchDistribution(new double[size], [.. Enumerable.Repeat(1.0, size)]);
    }

    /// <summary>One sequence, clipped to [-1, 1].</summary>
    public double[] Draw(RandomStream random)
    {
        var sequence = new double[Mean.Length];
        for (var i = 0; i < sequence.Length; i++)
        {
            sequence[i] = Math.Clamp(Mean[i] + (Deviation[i] * random.NextGaussian()), -1, 1);
        }

        return sequence;
    }

    /// <summary>Mean and population deviation of the sequences of highest return, as they were clipped.</summary>
    /// <param name="candidates">The sequences.</param>
    /// <param name="returns">What each earned.</param>
    /// <param name="elites">How many to keep. Of equal returns the earlier candidate is kept.</param>
    public static SearchDistribution Fit(double[][] candidates, double[] returns, int elites)
    {
        var best = Enumerable.Range(0, candidates.Length)
            .OrderByDescending(i => returns[i]).ThenBy(i => i)
            .Take(elites).Select(i => candidates[i]).ToArray();
        var mean = new double[candidates[0].Length];
        var deviation = new double[mean.Length];
        for (var i = 0; i < mean.Length; i++)
        {
            mean[i] = best.Average(sequence => sequence[i]);
            var variance = best.Average(sequence => (sequence[i] - mean[i]) * (sequence[i] - mean[i]));
            deviation[i] = Math.Sqrt(variance + VarianceFloor);
        }

        return new SearchDistribution(mean, deviation);
    }
}

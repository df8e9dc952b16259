using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>A normal distribution with independent components, over the stochastic state.</summary>
/// <param name="Mean">Means, [..., features].</param>
/// <param name="Stddev">Standard deviations, positive, [..., features].</param>
public sealed record DiagonalGaussian(Tensor Mean, Tensor Stddev)
{
    /// <summary>Stacks distributions along a new time axis.</summary>
    /// <param name="distributions">Distributions of shape [batch, features], one per step.</param>
    /// <returns>A distribution of shape [batch, time, features].</returns>
    public static DiagonalGaussian OverTime(IReadOnlyList<DiagonalGaussian> distributions)
    {
        ArgumentNullException.ThrowIfNull(distributions);
        return new DiagonalGaussian(
            stack([.. distributions.Select(distribution => distribution.Mean)], 1),
            stack([.. distributions.Select(distribution => distribution.Stddev)], 1));
    }

    /// <summary>A reparameterised sample, [..., features]: gradients reach mean and standard deviation.</summary>
    /// <param name="noise">Standard normal noise of the same shape.</param>
    public Tensor Sample(Tensor noise)
    {
        return Mean.Plus(Stddev * noise);
    }

    /// <summary>
    /// Kullback-Leibler divergence KL[<paramref name="q"/> || <paramref name="p"/>] in nats, summed over the features: [...].
    /// The posterior comes first (docs/algorithm.md, "Objective").
    /// </summary>
    /// <param name="q">The distribution under which the expectation is taken: the posterior.</param>
    /// <param name="p">The reference distribution: the prior.</param>
    public static Tensor Divergence(DiagonalGaussian q, DiagonalGaussian p)
    {
        ArgumentNullException.ThrowIfNull(q);
        ArgumentNullException.ThrowIfNull(p);
        var ratio = (q.Stddev / p.Stddev).Squared();
        var shift = ((q.Mean - p.Mean) / p.Stddev).Squared();
        return Scalars.Of(0.5) * (ratio.Plus(shift) - Scalars.Of(1) - ratio.log()).sum(-1);
    }
}

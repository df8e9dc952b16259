using PlaNet.Models;
using PlaNet.Replay;

namespace PlaNet.Inspection;

/// <summary>How a model uses its latent state on a batch: what one looks at when learning stalls (spec 5.4).</summary>
/// <param name="Divergence">Nats from posterior to prior, averaged over batch and time.</param>
/// <param name="PosteriorEntropy">Entropy of the posterior in nats, averaged.</param>
/// <param name="PriorEntropy">Entropy of the prior in nats, averaged.</param>
/// <param name="PosteriorStddev">Standard deviation of the posterior, averaged over its dimensions too.</param>
/// <param name="PriorStddev">Standard deviation of the prior, likewise.</param>
/// <param name="DimensionDivergence">Divergence of each stochastic dimension in nats, averaged over batch and time.</param>
/// <param name="BeliefSpread">Standard deviation of each belief unit over batch and time.</param>
public sealed record LatentStatistics(
    double Divergence,
    double PosteriorEntropy,
    double PriorEntropy,
    double PosteriorStddev,
    double PriorStddev,
    IReadOnlyList<double> DimensionDivergence,
    IReadOnlyList<double> BeliefSpread)
{
    /// <summary>A stochastic dimension below this many nats carries nothing of the image.</summary>
    public const double CollapsedBelow = 0.01;

    /// <summary>A belief unit that varies less than this carries nothing from step to step; units range over (-1, 1).</summary>
    public const double StillBelow = 1e-3;

    /// <summary>Stochastic dimensions that carry nothing of the image.</summary>
    public int Collapsed => DimensionDivergence.Count(value => value < CollapsedBelow);

    /// <summary>Belief units that carry nothing from step to step.</summary>
    public int Still => BeliefSpread.Count(value => value < StillBelow);

    /// <summary>Measures a model on a batch.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="batch">Chunks of episodes.</param>
    /// <param name="seed">Seed of dither and latent noise.</param>
    public static LatentStatistics Measure(WorldModel model, Device device, ChunkBatch batch, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        using var gradient = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, device);
        var inputs = ModelInputs.Of(model, batch, device, generator);
        var (posterior, prior) = model.Dynamics.Observe(model.Embed(inputs.Images), inputs.Actions, inputs.Noise);
        var q = posterior.Distribution;

        // One dimension at a time: each becomes a distribution of its own.
        var apart = DiagonalGaussian.Divergence(
            new DiagonalGaussian(q.Mean.unsqueeze(-1), q.Stddev.unsqueeze(-1)), new DiagonalGaussian(prior.Mean.unsqueeze(-1), prior.Stddev.unsqueeze(-1)));
        var dimensions = Numbers(apart.mean([0L, 1L]));
        var spread = model.Dynamics.BeliefSize == 0
            ? []
            : Numbers((posterior.Belief - posterior.Belief.mean([0L, 1L], keepdim: true)).square().mean([0L, 1L]).sqrt());
        return new LatentStatistics(
            dimensions.Sum(),
            Entropy(q),
            Entropy(prior),
            Numbers(q.Stddev.mean())[0],
            Numbers(prior.Stddev.mean())[0],
            dimensions,
            spread);
    }

    private static double Entropy(DiagonalGaussian distribution)
    {
        var constant = 0.5 * (1 + Math.Log(2 * Math.PI)) * distribution.Mean.shape[^1];
        return Numbers(distribution.Stddev.log().sum(-1).mean())[0] + constant;
    }

    private static double[] Numbers(Tensor values)
    {
        return values.to(ScalarType.Float64).cpu().reshape(-1).data<double>().ToArray();
    }
}

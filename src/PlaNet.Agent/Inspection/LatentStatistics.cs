using PlaNet.Models;
using PlaNet.Replay;
using PlaNet.Tensors;

namespace PlaNet.Inspection;

/// <summary>Statistics of a model's latent state on a batch, for the diagnosis of stalled learning (docs/inspection.md).</summary>
/// <param name="Divergence">Divergence from posterior to prior in nats, averaged over batch and time.</param>
/// <param name="PosteriorEntropy">Entropy of the posterior in nats, averaged over batch and time.</param>
/// <param name="PriorEntropy">Entropy of the prior in nats, averaged over batch and time.</param>
/// <param name="PosteriorStddev">Standard deviation of the posterior, averaged over batch, time and dimensions.</param>
/// <param name="PriorStddev">Standard deviation of the prior, averaged over batch, time and dimensions.</param>
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
    /// <summary>A stochastic dimension with a divergence below this, in nats, carries no information about the image.</summary>
    public const double CollapsedBelow = 0.01;

    /// <summary>A belief unit with a standard deviation below this carries no information; units range over (-1, 1).</summary>
    public const double InactiveBelow = 1e-3;

    /// <summary>Number of stochastic dimensions with a divergence below <see cref="CollapsedBelow"/>.</summary>
    public int Collapsed => DimensionDivergence.Count(value => value < CollapsedBelow);

    /// <summary>Number of belief units with a standard deviation below <see cref="InactiveBelow"/>.</summary>
    public int Inactive => BeliefSpread.Count(value => value < InactiveBelow);

    /// <summary>Measures a model on a batch.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="batch">Chunks of episodes.</param>
    /// <param name="seed">Seed of dither and latent noise.</param>
    public static LatentStatistics Measure(WorldModel model, Device device, ChunkBatch batch, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, device);
        var inputs = ModelInputs.Of(model, batch, device, generator);
        var (posterior, prior) = model.Dynamics.Observe(model.Embed(inputs.Images, inputs.States), inputs.Actions, inputs.Noise);
        var padding = inputs.Lengths is { } lengths ? Objectives.Padding.Of(lengths, batch.ChunkLength, device) : null;

        // The steps of all chunks without their padding, as one sequence.
        Tensor Steps(Tensor values) => padding is null ? values : padding.Steps(values).unsqueeze(0);
        var q = new DiagonalGaussian(Steps(posterior.Distribution.Mean), Steps(posterior.Distribution.Stddev));
        prior = new DiagonalGaussian(Steps(prior.Mean), Steps(prior.Stddev));
        var belief = Steps(posterior.Belief);

        // Divergence sums over the last axis; a new last axis of size 1 keeps the dimensions separate.
        static DiagonalGaussian PerDimension(DiagonalGaussian all) => new(all.Mean.unsqueeze(-1), all.Stddev.unsqueeze(-1));
        var divergence = DiagonalGaussian.Divergence(PerDimension(q), PerDimension(prior));
        var dimensions = Numbers(divergence.mean([0L, 1L]));
        var spread = model.Dynamics.BeliefSize == 0
            ? []
            : Numbers((belief - belief.mean([0L, 1L], keepdim: true)).Squared().mean([0L, 1L]).sqrt());
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

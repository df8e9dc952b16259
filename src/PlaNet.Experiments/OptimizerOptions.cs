using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>Where Adam adds its epsilon.</summary>
public enum AdamEpsilon
{
    /// <summary>To the square root of the uncorrected second moment: TensorFlow 1 and the original code.</summary>
    Tf1,

    /// <summary>To the square root of the bias-corrected second moment: the Adam paper's text and PyTorch.</summary>
    Standard,
}

/// <summary>The optimiser: Adam over all parameters, with gradients clipped by global norm.</summary>
public sealed record OptimizerOptions
{
    /// <summary>Learning rate. Positive. Default 1e-3.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the first moment, in [0, 1). Default 0.9.</summary>
    [InRange(0, 1, MaximumExclusive = true)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment, in [0, 1). Default 0.999.</summary>
    [InRange(0, 1, MaximumExclusive = true)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Adam's epsilon. Positive. Default 1e-4.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double Epsilon { get; init; } = 1e-4;

    /// <summary>Where Adam adds its epsilon. Default <see cref="AdamEpsilon.Tf1"/>.</summary>
    public AdamEpsilon EpsilonPlacement { get; init; } = AdamEpsilon.Tf1;

    /// <summary>Global norm to which larger gradients are scaled down. Positive. Default 1000.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double GradientClipping { get; init; } = 1000;

    /// <summary>
    /// Warm-up: number n of updates over which the learning rate rises linearly from 1/n of its value to its full value. At least 0.
    /// Default 0, which means no warm-up; the first public code 200.
    /// </summary>
    [InRange(0)]
    public int WarmupUpdates { get; init; }

    /// <summary>
    /// Decay: the share of a run's updates after which the learning rate falls linearly, to <see cref="DecayTo"/> at the last update. 0 to
    /// 1. Default 1, which means no decay, as in the paper.
    /// </summary>
    [InRange(0, 1), AddedLater]
    public double DecayFrom { get; init; } = 1;

    /// <summary>
    /// The share of the learning rate that a decay leaves at the last update. Above 0 and at most 1. Default 0.05. Without effect if
    /// <see cref="DecayFrom"/> is 1.
    /// </summary>
    [InRange(0, 1, MinimumExclusive = true), AddedLater]
    public double DecayTo { get; init; } = 0.05;

    /// <summary>Whether the learning rate changes during a run.</summary>
    public bool HasSchedule => WarmupUpdates > 0 || DecayFrom < 1;

    /// <summary>
    /// Learning rate of the next update. Depends on numbers of updates only, so a resumed run continues exactly.
    /// </summary>
    /// <param name="updates">Updates made so far, at least 0.</param>
    /// <param name="total">Updates of the whole run; further ones have the last learning rate.</param>
    public double LearningRateAfter(long updates, long total)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(updates);
        var made = updates + 1;
        var rate = made >= WarmupUpdates ? LearningRate : LearningRate * made / WarmupUpdates;
        var start = DecayFrom * total;
        return DecayFrom >= 1 || made <= start ? rate : rate * (1 - ((1 - DecayTo) * Math.Min(1, (made - start) / (total - start))));
    }
}

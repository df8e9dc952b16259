using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>Where Adam adds its epsilon.</summary>
public enum AdamEpsilon
{
    /// <summary>TensorFlow 1: added to the root of the uncorrected second moment. The original code's form.</summary>
    Tf1,

    /// <summary>The textbook's and PyTorch's form: added to the root of the bias-corrected second moment.</summary>
    Standard,
}

/// <summary>The optimiser: Adam over all parameters, clipped by global norm.</summary>
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

    /// <summary>Epsilon. Positive. Default 1e-4.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double Epsilon { get; init; } = 1e-4;

    /// <summary>Where epsilon is added. Default <see cref="AdamEpsilon.Tf1"/>.</summary>
    public AdamEpsilon EpsilonPlacement { get; init; } = AdamEpsilon.Tf1;

    /// <summary>Largest global norm of the gradient. Positive. Default 1000.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double GradientClipping { get; init; } = 1000;

    /// <summary>
    /// Updates over which the learning rate rises linearly from 1/n of its value to all of it. At least 0. Default 0: constant from the start;
    /// the first public code 200.
    /// </summary>
    [InRange(0)]
    public int WarmupUpdates { get; init; }

    /// <summary>The learning rate of an update: a function of the number of updates alone, so that a run resumes exactly.</summary>
    /// <param name="made">Updates made before it, from 0.</param>
    public double LearningRateAfter(long made)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(made);
        return made + 1 >= WarmupUpdates ? LearningRate : LearningRate * (made + 1) / WarmupUpdates;
    }
}

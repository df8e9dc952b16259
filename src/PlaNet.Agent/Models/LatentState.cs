namespace PlaNet.Models;

/// <summary>The latent state of a <see cref="TransitionModel"/> (section 3 of the paper).</summary>
/// <param name="Distribution">The distribution of the stochastic part: prior or posterior.</param>
/// <param name="Sample">The sampled stochastic part s, [..., stochastic size].</param>
/// <param name="Belief">The deterministic part h, [..., belief size]; of size 0 in a purely stochastic model.</param>
public sealed record LatentState(DiagonalGaussian Distribution, Tensor Sample, Tensor Belief)
{
    /// <summary>Stacks states along a new time axis.</summary>
    /// <param name="states">States of shape [batch, ...], one per step.</param>
    /// <returns>A state of shape [batch, time, ...].</returns>
    public static LatentState OverTime(IReadOnlyList<LatentState> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        return new LatentState(
            DiagonalGaussian.OverTime([.. states.Select(state => state.Distribution)]),
            stack([.. states.Select(state => state.Sample)], 1),
            stack([.. states.Select(state => state.Belief)], 1));
    }

    /// <summary>The state at one step of a sequence.</summary>
    /// <param name="time">Index of the step.</param>
    /// <returns>A state of shape [batch, ...].</returns>
    public LatentState At(long time)
    {
        return new LatentState(
            new DiagonalGaussian(Distribution.Mean.select(1, time), Distribution.Stddev.select(1, time)),
            Sample.select(1, time),
            Belief.select(1, time));
    }
}

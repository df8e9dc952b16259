using PlaNet.Experiments;
using PlaNet.Models;

namespace PlaNet.Objectives;

/// <summary>
/// Predictions over several steps from every step of a sequence at once (section 4 of the paper, spec 3.3 and 3.4). The prediction that starts
/// before step t0 and has taken k + 1 transitions is the prior of distance d = k + 1 of the state at t0 + k; its target is the posterior there.
/// Distance 1 is the prior of the plain bound.
/// </summary>
/// <remarks>
/// At offset k only the starts whose target lies inside the chunk, t0 below L - k, take the step: D L - D (D - 1) / 2 transitions a sequence
/// instead of D L.
/// </remarks>
public static class LatentOvershooting
{
    /// <summary>One step of a transition for many states: <see cref="TransitionModel.Transition(Tensor, Tensor, Tensor, Tensor)"/>.</summary>
    /// <param name="sample">[rows, stochastic].</param>
    /// <param name="belief">[rows, belief].</param>
    /// <param name="action">[rows, action].</param>
    /// <param name="noise">Standard normal noise, [rows, stochastic].</param>
    public delegate LatentState Step(Tensor sample, Tensor belief, Tensor action, Tensor noise);

    /// <summary>Rolls the transition forward from the posterior before every step of every sequence; from zeros before the first.</summary>
    /// <param name="transition">The transition.</param>
    /// <param name="posterior">Posterior states, [batch, time, ...].</param>
    /// <param name="actions">The action that led to each step, [batch, time, action].</param>
    /// <param name="noise">
    /// Standard normal noise, [at least distance, batch, time, stochastic]; element [k, b, t0] belongs to start t0 at offset k, however far is
    /// predicted.
    /// </param>
    /// <param name="distance">The farthest distance D. What a sequence is too short for is left out.</param>
    /// <param name="stop">What of the start is cut off from the gradient.</param>
    /// <param name="padding">Steps that are padding; null for none. Predictions of them are finite and mean nothing.</param>
    /// <returns>At index k the states of distance k + 1, [batch, time - k, ...] over the starts t0; min(D, time) of them.</returns>
    public static IReadOnlyList<LatentState> Imagine(
        Step transition, LatentState posterior, Tensor actions, Tensor noise, int distance, OvershootingStart stop, Padding? padding = null)
    {
        ArgumentNullException.ThrowIfNull(transition);
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(noise);
        var (batch, time) = (actions.shape[0], actions.shape[1]);
        var states = new LatentState[Math.Min(distance, time)];
        if (noise.shape[0] < states.Length)
        {
            throw new ArgumentException($"The noise is for {noise.shape[0]} steps, but {states.Length} are predicted: draw that many.", nameof(noise));
        }

        var sample = Before(stop == OvershootingStart.None ? posterior.Sample : posterior.Sample.detach(), padding);
        var belief = Before(stop == OvershootingStart.All ? posterior.Belief.detach() : posterior.Belief, padding);
        var acts = padding is null ? actions : padding.Fill(actions, 0);
        for (var k = 0; k < states.Length; k++)
        {
            var starts = time - k;
            Tensor Rows(Tensor values, long first) => values.narrow(1, first, starts).flatten(0, 1);
            Tensor Starts(Tensor rows) => rows.unflatten(0, batch, starts);
            var draws = padding is null ? noise.select(0, k) : padding.Fill(noise.select(0, k), 0);
            var next = transition(Rows(sample, 0), Rows(belief, 0), Rows(acts, k), Rows(draws, 0));
            (sample, belief) = (Starts(next.Sample), Starts(next.Belief));
            states[k] = new LatentState(
                new DiagonalGaussian(Starts(next.Distribution.Mean), Starts(next.Distribution.Stddev)), sample, belief);
        }

        return states;
    }

    /// <summary>The divergence between the posteriors and their predictions over one distance, in nats, free nats included.</summary>
    /// <param name="posterior">Posteriors, [batch, time, stochastic].</param>
    /// <param name="prior">Predictions of distance <paramref name="offset"/> + 1, [batch, time - offset, stochastic].</param>
    /// <param name="offset">k: steps from a start to its target.</param>
    /// <param name="stopPosterior">Whether the posteriors are cut off from the gradient.</param>
    /// <param name="padding">Steps that are padding; null for none.</param>
    /// <returns>[batch, time - offset] over the starts; 0 where the target is padding.</returns>
    public static Tensor Divergence(DiagonalGaussian posterior, DiagonalGaussian prior, int offset, bool stopPosterior, Padding? padding = null)
    {
        ArgumentNullException.ThrowIfNull(posterior);
        ArgumentNullException.ThrowIfNull(prior);
        Tensor Targets(Tensor values)
        {
            var target = values.narrow(1, offset, values.shape[1] - offset);
            return stopPosterior ? target.detach() : target;
        }

        return Padding.Divergence(
            new DiagonalGaussian(Targets(posterior.Mean), Targets(posterior.Stddev)), prior, padding?.From(offset));
    }

    /// <summary>Averages a quantity of start points and distances (spec 3.4). A distance that a sequence is too short for counts as 0.</summary>
    /// <param name="rows">The quantity for consecutive offsets, [batch, time - k] each; those without a start may be missing at the end.</param>
    /// <param name="first">Offset k of the first: 1 where distance 1 belongs to another term, else 0.</param>
    /// <param name="distance">The farthest distance D.</param>
    /// <param name="normalisation">How to average.</param>
    /// <param name="time">Steps of the sequences, padding included.</param>
    /// <param name="padding">Steps that are padding; null for none.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Average(
        IReadOnlyList<Tensor> rows, int first, int distance, OvershootingNormalisation normalisation, long time, Padding? padding = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfZero(rows.Count);
        var batch = rows[0].shape[0];
        Tensor Sum(Func<Tensor, Padding?, Tensor> term) => stack([.. rows.Select((row, index) => term(row, padding?.From(first + index)))]).sum();
        Tensor Total() => Sum((row, padded) => (padded is null ? row : padded.Fill(row, 0)).sum());
        switch (normalisation)
        {
            case OvershootingNormalisation.TimeMean:
                return Sum(Padding.Mean) / (distance - first);
            case OvershootingNormalisation.PaddedMean:
                return Total() / ((double)batch * time * (distance - first));
            case OvershootingNormalisation.ValidMean when padding is null:
                return Total() / (double)rows.Sum(row => row.numel());
            case OvershootingNormalisation.ValidMean:
                return Total() / Sum((_, padded) => padded!.Lengths.sum()).clamp_min(1).to(rows[0].dtype);
            case OvershootingNormalisation.Paper when padding is null:
                return Total() / ((double)batch * time * distance);
            case OvershootingNormalisation.Paper:
                return Sum((row, padded) => (padded!.Fill(row, 0).sum(1) / padding.Lengths.clamp_min(1).to(row.dtype)).mean()) / distance;
            default:
                throw new ArgumentOutOfRangeException(nameof(normalisation), normalisation, "There is no such normalisation.");
        }
    }

    // What stood one step before each step; zeros, the initial state, before the first.
    private static Tensor Before(Tensor values, Padding? padding)
    {
        var sound = padding is null ? values : padding.Fill(values, 0);
        return cat([zeros_like(sound.narrow(1, 0, 1)), sound.narrow(1, 0, sound.shape[1] - 1)], 1);
    }
}

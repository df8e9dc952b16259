using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Tensors;

namespace PlaNet.Objectives;

/// <summary>
/// Multi-step predictions from every step of a sequence at once (section 4 of the paper). A prediction that starts before
/// step t0 and takes k + 1 transitions is the prior of distance d = k + 1 for the state at t0 + k; its target is the posterior at t0 + k.
/// Distance 1 is the prior of the plain bound.
/// </summary>
/// <remarks>
/// At offset k only starts whose target lies inside the chunk (t0 below L - k) take the step. This needs D L - D (D - 1) / 2 transitions
/// per sequence instead of D L.
/// </remarks>
public static class LatentOvershooting
{
    /// <summary>One transition of many states; see <see cref="TransitionModel.Transition(Tensor, Tensor, Tensor, Tensor)"/>.</summary>
    /// <param name="sample">[rows, stochastic].</param>
    /// <param name="belief">[rows, belief].</param>
    /// <param name="action">[rows, action].</param>
    /// <param name="noise">Standard normal noise, [rows, stochastic].</param>
    public delegate LatentState Step(Tensor sample, Tensor belief, Tensor action, Tensor noise);

    /// <summary>Rolls the transition forward from the posterior before every step of every sequence (zeros before the first).</summary>
    /// <param name="transition">The transition.</param>
    /// <param name="posterior">Posterior states, [batch, time, ...].</param>
    /// <param name="actions">The action that led to each step, [batch, time, action].</param>
    /// <param name="noise">
    /// Standard normal noise, [at least distance, batch, time, stochastic]. Element [k, b, t0] belongs to start t0 at offset k for every
    /// distance.
    /// </param>
    /// <param name="distance">The largest distance D; distances beyond the length of the sequence are left out.</param>
    /// <param name="stop">The parts of the start state that are detached from the gradient.</param>
    /// <param name="padding">Steps that are padding; null for none. Predictions of padded steps are finite but meaningless.</param>
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
            throw new ArgumentException(
                $"The noise has {noise.shape[0]} steps, but {states.Length} are predicted: draw noise for at least {states.Length} steps.",
                nameof(noise));
        }

        var sample = PreviousStep(stop == OvershootingStart.None ? posterior.Sample : posterior.Sample.detach(), padding);
        var belief = PreviousStep(stop == OvershootingStart.All ? posterior.Belief.detach() : posterior.Belief, padding);
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
    /// <param name="stopPosterior">Whether the posteriors are detached from the gradient.</param>
    /// <param name="padding">Steps that are padding; null for none.</param>
    /// <returns>[batch, time - offset] over the starts; 0 for padded targets.</returns>
    public static Tensor Divergence(
        DiagonalGaussian posterior, DiagonalGaussian prior, int offset, bool stopPosterior, Padding? padding = null)
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

    /// <summary>Averages a quantity over starts and distances. Distances beyond the length of the sequence count as 0.</summary>
    /// <param name="rows">The quantity for consecutive offsets k, [batch, time - k] each; offsets without starts may be omitted.</param>
    /// <param name="first">Offset of the first row: 1 if another term covers distance 1, else 0.</param>
    /// <param name="distance">The largest distance D.</param>
    /// <param name="normalisation">Kind of average.</param>
    /// <param name="time">Steps of the sequences, padding included.</param>
    /// <param name="padding">Steps that are padding; null for none.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Average(
        IReadOnlyList<Tensor> rows, int first, int distance, OvershootingNormalisation normalisation, long time, Padding? padding = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfZero(rows.Count);
        var batch = rows[0].shape[0];
        Tensor Sum(Func<Tensor, Padding?, Tensor> term) =>
            stack([.. rows.Select((row, index) => term(row, padding?.From(first + index)))]).sum();
        Tensor Total() => Sum((row, padded) => (padded is null ? row : padded.Fill(row, 0)).sum());
        switch (normalisation)
        {
            case OvershootingNormalisation.TimeMean:
                return Sum(Padding.Mean) / Scalars.Of(distance - first);
            case OvershootingNormalisation.PaddedMean:
                return Total() / Scalars.Of((double)batch * time * (distance - first));
            case OvershootingNormalisation.ValidMean when padding is null:
                return Total() / Scalars.Of((double)rows.Sum(row => row.numel()));
            case OvershootingNormalisation.ValidMean:
                return Total() / Sum((_, padded) => padded!.Lengths.sum()).clamp_min(Scalars.Of(1)).to(rows[0].dtype);
            case OvershootingNormalisation.Paper when padding is null:
                return Total() / Scalars.Of((double)batch * time * distance);
            case OvershootingNormalisation.Paper:
                return Sum((row, padded) => (padded!.Fill(row, 0).sum(1) / padding.Lengths.clamp_min(Scalars.Of(1)).to(row.dtype)).mean())
                    / Scalars.Of(distance);
            default:
                throw new ArgumentOutOfRangeException(
                    nameof(normalisation), normalisation, "unknown normalisation: add it to this switch.");
        }
    }

    // The values shifted by one step; the first step gets zeros, the initial state.
    private static Tensor PreviousStep(Tensor values, Padding? padding)
    {
        var masked = padding is null ? values : padding.Fill(values, 0);
        return cat([zeros_like(masked.narrow(1, 0, 1)), masked.narrow(1, 0, masked.shape[1] - 1)], 1);
    }
}

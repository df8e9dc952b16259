using PlaNet.Experiments;
using PlaNet.Models;

namespace PlaNet.Planning;

/// <summary>Adapts the world model to planners: a state is one row of sample and belief.</summary>
/// <param name="model">The world model; the caller owns it.</param>
/// <param name="precision">
/// With bfloat16, arguments are converted to it, transitions return it, and rewards and probabilities are converted to float32. Default
/// float32: everything keeps the type of the model.
/// </param>
public sealed class WorldModelDynamics(WorldModel model, PlannerPrecision precision = PlannerPrecision.Float32) : ILatentDynamics
{
    /// <inheritdoc/>
    public long ActionSize => model.ActionSize;

    /// <inheritdoc/>
    public long NoiseSize => model.Dynamics.StochasticSize;

    /// <summary>A latent state as one row of numbers: sample and belief, [..., stochastic + belief].</summary>
    /// <param name="state">A state of any transition model.</param>
    public static Tensor State(LatentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return cat([state.Sample, state.Belief], -1);
    }

    /// <summary>
    /// Samples states from the posterior of each agent. Each sample filters the image again, so that this is correct for every transition
    /// model, including those whose belief depends on the sample.
    /// </summary>
    /// <param name="previous">The agents' state before the image, [agents, ...]; read at every call of the result.</param>
    /// <param name="action">The action that led to the image, [agents, action].</param>
    /// <param name="embedding">Embedding of the image, [agents, embedding].</param>
    public StartSampler Starts(LatentState previous, Tensor action, Tensor embedding)
    {
        ArgumentNullException.ThrowIfNull(previous);
        ArgumentNullException.ThrowIfNull(action);
        ArgumentNullException.ThrowIfNull(embedding);
        return (candidates, noise) =>
        {
            using var scope = NewDisposeScope();
            Tensor Repeated(Tensor rows) => rows.repeat_interleave(candidates, 0);

            // Filtering reads only the sample and the belief.
            var before = previous with { Sample = Repeated(previous.Sample), Belief = Repeated(previous.Belief) };
            var draws = noise.Dynamics([action.shape[0], candidates, NoiseSize]).view(action.shape[0] * candidates, NoiseSize);
            return State(model.Dynamics.Posterior(before, Repeated(action), Repeated(embedding), draws)).MoveToOuterDisposeScope();
        };
    }

    /// <inheritdoc/>
    public Tensor Transition(Tensor state, Tensor action, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var scope = NewDisposeScope();
        var (sample, belief) = Split(Rounded(state));
        return State(model.Dynamics.Transition(sample, belief, Rounded(action), Rounded(noise))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Reward(Tensor state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (sample, belief) = Split(Rounded(state));
        return ToSum(model.Reward.forward(model.Dynamics.Features(sample, belief)));
    }

    /// <inheritdoc/>
    public Func<Tensor, Tensor>? Continuation => model.Continuation is not { } head ? null : state =>
    {
        var (sample, belief) = Split(Rounded(state));
        return ToSum(head.forward(model.Dynamics.Features(sample, belief))).sigmoid();
    };

    private Tensor Rounded(Tensor values) => precision == PlannerPrecision.Bfloat16 ? values.to(ScalarType.BFloat16) : values;

    // The 8 bits of bfloat16 are too few for sums over a horizon.
    private Tensor ToSum(Tensor values) => precision == PlannerPrecision.Bfloat16 ? values.to(ScalarType.Float32) : values;

    private (Tensor Sample, Tensor Belief) Split(Tensor state)
    {
        var stochastic = model.Dynamics.StochasticSize;
        return (state.narrow(-1, 0, stochastic), state.narrow(-1, stochastic, model.Dynamics.BeliefSize));
    }
}

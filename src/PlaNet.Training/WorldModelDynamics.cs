using PlaNet.Models;
using PlaNet.Planning;

namespace PlaNet.Training;

/// <summary>The world model as planners see it: a state is one row of sample and belief.</summary>
/// <param name="model">The world model; the caller owns it.</param>
public sealed class WorldModelDynamics(WorldModel model) : ILatentDynamics
{
    /// <inheritdoc/>
    public long ActionSize => model.ActionSize;

    /// <inheritdoc/>
    public long NoiseSize => model.Dynamics.StochasticSize;

    /// <summary>A latent state as one row of numbers: sample and belief, [..., stochastic + belief].</summary>
    /// <param name="state">Of any transition model.</param>
    public static Tensor State(LatentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return cat([state.Sample, state.Belief], -1);
    }

    /// <summary>Samples rows from the posterior of each agent: its belief with fresh draws of the stochastic part.</summary>
    /// <param name="state">The agents' state, [agents, ...]; read whenever the result is called.</param>
    public static StartSampler Starts(LatentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return (candidates, noise) =>
        {
            using var scope = NewDisposeScope();
            Tensor Repeated(Tensor rows) => rows.repeat_interleave(candidates, 0);
            var (agents, stochastic) = (state.Sample.shape[0], state.Sample.shape[1]);
            var draws = noise.Dynamics([agents, candidates, stochastic]).view(agents * candidates, stochastic);
            var posterior = new DiagonalGaussian(Repeated(state.Distribution.Mean), Repeated(state.Distribution.Stddev));
            return cat([posterior.Sample(draws), Repeated(state.Belief)], -1).MoveToOuterDisposeScope();
        };
    }

    /// <inheritdoc/>
    public Tensor Transition(Tensor state, Tensor action, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var scope = NewDisposeScope();
        var (sample, belief) = Split(state);
        return State(model.Dynamics.Transition(sample, belief, action, noise)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Reward(Tensor state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (sample, belief) = Split(state);
        return model.Reward.forward(model.Dynamics.Features(sample, belief));
    }

    private (Tensor Sample, Tensor Belief) Split(Tensor state)
    {
        var stochastic = model.Dynamics.StochasticSize;
        return (state.narrow(-1, 0, stochastic), state.narrow(-1, stochastic, model.Dynamics.BeliefSize));
    }
}

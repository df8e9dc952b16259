using PlaNet.Models;
using PlaNet.Planning;

namespace PlaNet.Training;

/// <summary>The world model as planners see it: a state is the features (sample, belief) of one row.</summary>
/// <param name="model">The world model; the caller owns it.</param>
public sealed class WorldModelDynamics(WorldModel model) : ILatentDynamics
{
    /// <inheritdoc/>
    public long ActionSize => model.ActionSize;

    /// <inheritdoc/>
    public long NoiseSize => model.Rssm.StochasticSize;

    /// <inheritdoc/>
    public Tensor Transition(Tensor state, Tensor action, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var scope = NewDisposeScope();
        var stochastic = model.Rssm.StochasticSize;
        var sample = state.narrow(-1, 0, stochastic);
        var belief = state.narrow(-1, stochastic, model.Options.BeliefSize);
        var next = model.Rssm.NextBelief(sample, belief, action);
        var prior = model.Rssm.Prior(next);
        return cat([prior.Sample(noise), next], -1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Reward(Tensor state)
    {
        return model.Reward.forward(state);
    }
}

using PlaNet.Experiments;

namespace PlaNet.Planning;

/// <summary>What candidates earn in the model: the part that all planners share.</summary>
/// <param name="options">Horizon, start, discount and clipping.</param>
/// <param name="dynamics">The model in which candidates are tried.</param>
/// <param name="state">The state of each agent, [agents, state].</param>
/// <param name="starts">Samples start states where the options ask for one per candidate.</param>
internal sealed class Imagination(PlannerOptions options, ILatentDynamics dynamics, Tensor state, StartSampler? starts)
{
    /// <summary>Number of agents.</summary>
    public long Agents => state.shape[0];

    /// <summary>The states in which candidates start, [agents * candidates, state]: candidate j of agent b is row b * candidates + j.</summary>
    /// <param name="candidates">Candidates of each agent.</param>
    /// <param name="noise">Source of randomness; nothing is drawn for a shared start.</param>
    public Tensor Start(long candidates, INoiseSource noise)
    {
        if (options.Start == PlannerStart.Shared)
        {
            return state.repeat_interleave(candidates, 0);
        }

        return starts is null
            ? throw new ArgumentException(
                "planner.start is per_candidate, but no posterior was given to sample starts from: pass a start sampler, or set planner.start to shared.",
                nameof(starts))
            : starts(candidates, noise);
    }

    /// <summary>Candidates as they are tried: clipped unless that is off.</summary>
    /// <param name="actions">Fresh candidates, overwritten.</param>
    public Tensor Clip(Tensor actions) => options.Clip ? actions.clamp_(-1, 1) : actions;

    /// <summary>The sum of expected, discounted rewards along each candidate's trajectory.</summary>
    /// <param name="start">The state each candidate starts from, [agents * candidates, state].</param>
    /// <param name="actions">[horizon, agents, candidates, action].</param>
    /// <param name="noise">Source of randomness.</param>
    /// <returns>[agents, candidates].</returns>
    public Tensor Returns(Tensor start, Tensor actions, INoiseSource noise)
    {
        using var scope = NewDisposeScope();
        var (horizon, agents, candidates) = (actions.shape[0], actions.shape[1], actions.shape[2]);
        var rows = agents * candidates;
        var reached = start;
        var states = new Tensor[horizon];
        for (var step = 0; step < horizon; step++)
        {
            var draws = noise.Dynamics([agents, candidates, dynamics.NoiseSize]).view(rows, dynamics.NoiseSize);
            reached = dynamics.Transition(reached, actions.select(0, step).reshape(rows, -1), draws);
            states[step] = reached;
        }

        // The rewards of all steps in one pass: the head is not part of the recurrence.
        var rewards = dynamics.Reward(cat(states, 0)).view(horizon, agents, candidates);
        if (options.Discount != 1)
        {
            var weights = Enumerable.Range(0, (int)horizon).Select(step => Math.Pow(options.Discount, step)).ToArray();
            rewards = rewards * tensor(weights, [horizon, 1, 1]).to(rewards.dtype).to(rewards.device);
        }

        return rewards.sum(0L).MoveToOuterDisposeScope();
    }
}

using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Planning;

/// <summary>Evaluates candidates in the model; used by all planners.</summary>
/// <param name="options">Horizon, start, discount and clipping.</param>
/// <param name="dynamics">The model in which candidates are evaluated.</param>
/// <param name="state">The state of each agent, [agents, state].</param>
/// <param name="starts">Samples start states; required only if <c>planner.start</c> is <c>per_candidate</c>.</param>
internal sealed class Imagination(PlannerOptions options, ILatentDynamics dynamics, Tensor state, StartSampler? starts)
{
    /// <summary>Number of agents.</summary>
    public long Agents => state.shape[0];

    /// <summary>The start states of candidates, [agents * candidates, state]; candidate j of agent b is row b * candidates + j.</summary>
    /// <param name="candidates">Candidates per agent.</param>
    /// <param name="noise">Source of randomness; nothing is drawn for a shared start.</param>
    public Tensor Start(long candidates, INoiseSource noise)
    {
        if (options.Start == PlannerStart.Shared)
        {
            return state.repeat_interleave(candidates, 0);
        }

        return starts is null
            ? throw new ArgumentException(
                "planner.start is per_candidate, but no start sampler was given: pass one, or set planner.start to shared.",
                nameof(starts))
            : starts(candidates, noise);
    }

    /// <summary>Clips candidates to [-1, 1], unless clipping is off.</summary>
    /// <param name="actions">The candidates; clipped in place.</param>
    public Tensor Clip(Tensor actions) => options.Clip ? actions.clamp_(Scalars.Of(-1), Scalars.Of(1)) : actions;

    /// <summary>
    /// The return of each candidate: the discounted sum of the expected rewards of its trajectory, each weighted with the probability that
    /// the episode has not ended before its step. The step into a terminal state counts, those after it do not.
    /// </summary>
    /// <param name="start">The start state of each candidate, [agents * candidates, state].</param>
    /// <param name="actions">[horizon, agents, candidates, action].</param>
    /// <param name="noise">Source of randomness.</param>
    /// <returns>[agents, candidates].</returns>
    public Tensor Returns(Tensor start, Tensor actions, INoiseSource noise)
    {
        using var scope = NewDisposeScope();
        var (horizon, agents, candidates) = (actions.shape[0], actions.shape[1], actions.shape[2]);
        var rows = agents * candidates;
        var current = start;
        var states = new Tensor[horizon];
        Phases.In("transitions", () =>
        {
            for (var step = 0; step < horizon; step++)
            {
                var draws = noise.Dynamics([agents, candidates, dynamics.NoiseSize]).view(rows, dynamics.NoiseSize);
                current = dynamics.Transition(current, actions.select(0, step).reshape(rows, -1), draws);
                states[step] = current;
            }
        });

        // The reward head is not part of the recurrence, so it runs once for all steps. The order in which libtorch sums, and so the
        // rounding, depends on the strides, which must not depend on the model.
        var rewards = Phases.In("reward head", () => dynamics.Reward(cat(states, 0))).contiguous().view(horizon, rows);
        return Weigh(rewards, dynamics, states, options.Discount).sum(0L).view(agents, candidates).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Weighs rewards as they count in a return: discounted, and each with the probability that the episode has not ended before its step.
    /// </summary>
    /// <param name="rewards">Expected reward of each step, [horizon, rows].</param>
    /// <param name="dynamics">The model.</param>
    /// <param name="states">The state after each step, [rows, state].</param>
    /// <param name="discount">Weight of a reward relative to that of the step before.</param>
    /// <returns>[horizon, rows].</returns>
    public static Tensor Weigh(Tensor rewards, ILatentDynamics dynamics, IReadOnlyList<Tensor> states, double discount)
    {
        var (horizon, rows) = (rewards.shape[0], rewards.shape[1]);
        if (discount != 1)
        {
            var weights = Enumerable.Range(0, (int)horizon).Select(step => Math.Pow(discount, step)).ToArray();
            rewards = rewards * tensor(weights, [horizon, 1]).to(rewards.dtype).to(rewards.device);
        }

        if (horizon > 1 && dynamics.Continuation is { } continuation)
        {
            var continues = Phases.In("continuation head", () => continuation(cat([.. states.SkipLast(1)], 0))).view(horizon - 1, rows);
            rewards = rewards * cat([ones_like(continues.narrow(0, 0, 1)), continues.cumprod(0)], 0);
        }

        return rewards;
    }

    /// <summary>
    /// The states to which actions lead without noise: every transition takes the mean of its distribution. No random numbers are drawn.
    /// </summary>
    /// <param name="dynamics">The model.</param>
    /// <param name="state">The state of one agent, [1, state].</param>
    /// <param name="actions">[steps, action].</param>
    /// <returns>The state after each step, [steps, state].</returns>
    public static Tensor WithoutNoise(ILatentDynamics dynamics, Tensor state, Tensor actions)
    {
        using var scope = NewDisposeScope();
        var noNoise = zeros([1, dynamics.NoiseSize], dtype: state.dtype, device: state.device);
        var states = new Tensor[actions.shape[0]];
        for (var step = 0; step < states.Length; step++)
        {
            state = states[step] = dynamics.Transition(state, actions.narrow(0, step, 1), noNoise);
        }

        return cat(states, 0).MoveToOuterDisposeScope();
    }
}

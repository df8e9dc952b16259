using PlaNet.Experiments;

namespace PlaNet.Planning;

/// <summary>
/// The cross-entropy method over action sequences (algorithm 2 of the paper in the form of its code, spec 4.2): candidates are
/// clipped before they are tried and fitted, the fit is the population deviation, every decision starts anew from N(0, 1).
/// </summary>
/// <param name="options">Horizon, iterations, candidates and elites.</param>
public sealed class CrossEntropyMethod(PlannerOptions options)
{
    // Added to the variance of the elites, so that the search never collapses to a point: a deviation of at least 1e-3.
    private const double VarianceFloor = 1e-6;

    /// <summary>Plans for one or many agents in one batch; agents never see one another's states.</summary>
    /// <param name="dynamics">The model in which candidates are tried.</param>
    /// <param name="state">The state of each agent, [agents, state]; left untouched.</param>
    /// <param name="noise">Source of randomness.</param>
    /// <returns>The plan, owned by the caller. With 0 iterations all actions are 0.</returns>
    public Plan Plan(ILatentDynamics dynamics, Tensor state, INoiseSource noise)
    {
        ArgumentNullException.ThrowIfNull(dynamics);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(noise);
        using var gradient = no_grad();
        using var scope = NewDisposeScope();
        var agents = state.shape[0];
        long[] shape = [options.Horizon, agents, 1, dynamics.ActionSize];
        var mean = zeros(shape, dtype: state.dtype, device: state.device);
        var stddev = ones(shape, dtype: state.dtype, device: state.device);
        var reached = full([agents], double.NaN, dtype: state.dtype, device: state.device);

        // Candidate j of agent b is row b * candidates + j everywhere.
        var start = state.repeat_interleave(options.Candidates, 0);
        for (var iteration = 0; iteration < options.Iterations; iteration++)
        {
            using var inner = NewDisposeScope();
            var draws = noise.Actions([options.Horizon, agents, options.Candidates, dynamics.ActionSize]);
            var actions = (mean + (stddev * draws)).clamp_(-1, 1);
            var returns = Evaluate(dynamics, start, actions, noise);
            (mean, stddev, reached) = Fit(actions, returns, options.Elites);
            mean.MoveToOuterDisposeScope();
            stddev.MoveToOuterDisposeScope();
            reached.MoveToOuterDisposeScope();
        }

        return new Plan(
            mean.squeeze(2).transpose(0, 1).contiguous().MoveToOuterDisposeScope(),
            stddev.squeeze(2).transpose(0, 1).contiguous().MoveToOuterDisposeScope(),
            reached.MoveToOuterDisposeScope());
    }

    /// <summary>The sum of expected rewards along each candidate's trajectory.</summary>
    /// <param name="dynamics">The model in which candidates are tried.</param>
    /// <param name="start">The state each candidate starts from, [agents * candidates, state].</param>
    /// <param name="actions">[horizon, agents, candidates, action].</param>
    /// <param name="noise">Source of randomness.</param>
    /// <returns>[agents, candidates].</returns>
    private static Tensor Evaluate(ILatentDynamics dynamics, Tensor start, Tensor actions, INoiseSource noise)
    {
        using var scope = NewDisposeScope();
        var (horizon, agents, candidates) = (actions.shape[0], actions.shape[1], actions.shape[2]);
        var rows = agents * candidates;
        var state = start;
        var states = new Tensor[horizon];
        for (var step = 0; step < horizon; step++)
        {
            var draws = noise.Dynamics([agents, candidates, dynamics.NoiseSize]).view(rows, dynamics.NoiseSize);
            state = dynamics.Transition(state, actions.select(0, step).reshape(rows, -1), draws);
            states[step] = state;
        }

        // The rewards of all steps in one pass: the head is not part of the recurrence.
        return dynamics.Reward(cat(states, 0)).view(horizon, agents, candidates).sum(0L).MoveToOuterDisposeScope();
    }

    /// <summary>Fits the belief over actions to the candidates with the largest returns.</summary>
    /// <param name="actions">[horizon, agents, candidates, action].</param>
    /// <param name="returns">
    /// [agents, candidates]. A candidate without a finite return never becomes an elite; an agent without any finite return gets zeros.
    /// </param>
    /// <param name="elites">Number of elites, K.</param>
    /// <returns>Mean and standard deviation, [horizon, agents, 1, action], and the elites' mean return, [agents].</returns>
    public static (Tensor Mean, Tensor Stddev, Tensor Return) Fit(Tensor actions, Tensor returns, int elites)
    {
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(returns);
        using var scope = NewDisposeScope();
        var ranked = returns.masked_fill(returns.isfinite().logical_not(), double.NegativeInfinity);
        var (best, indices) = ranked.topk(elites, 1);
        var valid = best.isfinite().to(actions.dtype);
        var count = valid.sum(1, keepdim: true);
        var weights = (valid / count.clamp_min(1)).view(1, returns.shape[0], elites, 1);
        var picked = indices.view(1, returns.shape[0], elites, 1).expand(actions.shape[0], -1, -1, actions.shape[3]);
        var elite = actions.gather(2, picked);
        var mean = (elite * weights).sum(2, keepdim: true);
        var variance = ((elite - mean).square() * weights).sum(2, keepdim: true);
        var reached = (best.masked_fill(best.isfinite().logical_not(), 0).sum(1, keepdim: true) / count).squeeze(1);
        return (
            mean.MoveToOuterDisposeScope(),
            (variance + VarianceFloor).sqrt().MoveToOuterDisposeScope(),
            reached.MoveToOuterDisposeScope());
    }
}

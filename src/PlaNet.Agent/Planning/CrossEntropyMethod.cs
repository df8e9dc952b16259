using PlaNet.Experiments;

namespace PlaNet.Planning;

/// <summary>
/// The cross-entropy method over action sequences. The default is algorithm 2 of the paper as in the original code: candidates
/// start in one shared state and are clipped before they are evaluated and fitted, and the fit uses the population deviation. Options
/// change each of these to the printed algorithm. Every decision starts from N(0, 1); there is no memory.
/// </summary>
/// <param name="options">Horizon, iterations, candidates, elites, and the form of the search.</param>
public sealed class CrossEntropyMethod(PlannerOptions options) : IPlanner
{
    /// <inheritdoc/>
    public Plan Plan(ILatentDynamics dynamics, Tensor state, INoiseSource noise, PlannerMemory? memory = null, StartSampler? starts = null)
    {
        return CrossEntropySearch.Plan(
            options, dynamics, state, noise, starts, shape => GaussianActions.Standard(shape, state, options.Stddev));
    }

    /// <summary>Fits the action distribution to the candidates with the largest returns.</summary>
    /// <param name="actions">[horizon, agents, candidates, action].</param>
    /// <param name="returns">
    /// [agents, candidates]. A candidate without a finite return never becomes an elite; an agent without a finite return gets zeros.
    /// </param>
    /// <param name="elites">Number of elites, K.</param>
    /// <param name="form">The estimator of the deviation; both have a minimum of 0.001.</param>
    /// <returns>Mean and standard deviation, [horizon, agents, 1, action], and the elites' mean return, [agents].</returns>
    public static (Tensor Mean, Tensor Stddev, Tensor Return) Fit(
        Tensor actions, Tensor returns, int elites, PlannerStddev form = PlannerStddev.Population)
    {
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(returns);
        using var scope = NewDisposeScope();
        var best = EliteSet.Of(actions, returns, elites);
        var (mean, stddev) = best.Moments(form);
        return (mean.MoveToOuterDisposeScope(), stddev.MoveToOuterDisposeScope(), best.Return.MoveToOuterDisposeScope());
    }
}

using PlaNet.Experiments;

namespace PlaNet.Planning;

/// <summary>
/// The cross-entropy method over sequences of discrete actions: algorithm 2 of the paper, with a categorical distribution of the choice at
/// each step instead of normal distributions (docs/planning.md). Candidates are one-hot. The choices that are most probable in the end are
/// executed. There is no memory.
/// </summary>
/// <param name="options">
/// Horizon, iterations, candidates, elites, start and discount; clipping and the deviation's form do not apply.
/// </param>
public sealed class CategoricalCrossEntropyMethod(PlannerOptions options) : IPlanner
{
    /// <inheritdoc/>
    public Plan Plan(ILatentDynamics dynamics, Tensor state, INoiseSource noise, PlannerMemory? memory = null, StartSampler? starts = null)
    {
        return CrossEntropySearch.Plan(options, dynamics, state, noise, starts, shape => CategoricalActions.Uniform(shape, state));
    }

    /// <summary>Fits the choice probabilities to the candidates with the largest returns.</summary>
    /// <param name="actions">One-hot, [horizon, agents, candidates, choices].</param>
    /// <param name="returns">
    /// [agents, candidates]. A candidate without a finite return never becomes an elite; for an agent without a finite return all choices
    /// are equally probable.
    /// </param>
    /// <param name="elites">Number of elites, K.</param>
    /// <returns>
    /// The probabilities and the one-hot choices that are most probable, [horizon, agents, 1, choices], and the elites' mean return,
    /// [agents].
    /// </returns>
    public static (Tensor Probabilities, Tensor Modes, Tensor Return) Fit(Tensor actions, Tensor returns, int elites)
    {
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(returns);
        using var scope = NewDisposeScope();
        var best = EliteSet.Of(actions, returns, elites);
        var fitted = CategoricalActions.Of(best);
        fitted.MoveToOuterDisposeScope();
        return (fitted.Probabilities, fitted.Modes, best.Return.MoveToOuterDisposeScope());
    }
}

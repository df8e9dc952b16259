using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Planning;

/// <summary>The iterations of the cross-entropy method, for any distribution of actions.</summary>
internal static class CrossEntropySearch
{
    /// <summary>Plans, as <see cref="IPlanner.Plan"/>.</summary>
    /// <param name="options">Horizon, iterations, candidates, elites and start.</param>
    /// <param name="dynamics">The model.</param>
    /// <param name="state">The state of each agent, [agents, state].</param>
    /// <param name="noise">Source of randomness.</param>
    /// <param name="starts">Samples start states; required only if <c>planner.start</c> is <c>per_candidate</c>.</param>
    /// <param name="initial">The first distribution, given the shape [horizon, agents, 1, action].</param>
    public static Plan Plan(
        PlannerOptions options,
        ILatentDynamics dynamics,
        Tensor state,
        INoiseSource noise,
        StartSampler? starts,
        Func<long[], IActionDistribution> initial)
    {
        ArgumentNullException.ThrowIfNull(dynamics);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(noise);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var imagination = new Imagination(options, dynamics, state, starts);
        var agents = imagination.Agents;
        var actions = initial([options.Horizon, agents, 1, dynamics.ActionSize]);
        var eliteReturn = full([agents], Scalars.Of(double.NaN), dtype: state.dtype, device: state.device);

        // A shared start is the same in every iteration; a start per candidate is sampled in each.
        var shared = options.Start == PlannerStart.Shared ? imagination.Start(options.Candidates, noise) : null;
        for (var iteration = 0; iteration < options.Iterations; iteration++)
        {
            using var inner = NewDisposeScope();
            var sampledFrom = actions;
            var candidates = Phases.In("candidates", () => sampledFrom.Sample(options.Candidates, noise, imagination));
            var start = shared ?? imagination.Start(options.Candidates, noise);
            var returns = imagination.Returns(start, candidates, noise);
            (actions, eliteReturn) = Phases.In("elites", () =>
            {
                var best = EliteSet.Of(candidates, returns, options.Elites);
                return (sampledFrom.Fit(best), best.Return);
            });
            actions.MoveToOuterDisposeScope();
            eliteReturn.MoveToOuterDisposeScope();
        }

        return actions.ToPlan(eliteReturn);
    }
}

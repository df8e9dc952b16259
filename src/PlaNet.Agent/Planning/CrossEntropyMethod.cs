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
        ArgumentNullException.ThrowIfNull(dynamics);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(noise);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var imagination = new Imagination(options, dynamics, state, starts);
        var agents = imagination.Agents;
        long[] shape = [options.Horizon, agents, 1, dynamics.ActionSize];
        var mean = zeros(shape, dtype: state.dtype, device: state.device);
        var stddev = ones(shape, dtype: state.dtype, device: state.device);
        var eliteReturn = full([agents], double.NaN, dtype: state.dtype, device: state.device);

        // A shared start is the same in every iteration; a start per candidate is sampled in each.
        var shared = options.Start == PlannerStart.Shared ? imagination.Start(options.Candidates, noise) : null;
        for (var iteration = 0; iteration < options.Iterations; iteration++)
        {
            using var inner = NewDisposeScope();
            var actions = Phases.In("candidates", () => imagination.Clip(
                mean + (stddev * noise.Actions([options.Horizon, agents, options.Candidates, dynamics.ActionSize]))));
            var start = shared ?? imagination.Start(options.Candidates, noise);
            var returns = imagination.Returns(start, actions, noise);
            (mean, stddev, eliteReturn) = Phases.In("elites", () => Fit(actions, returns, options.Elites, options.Stddev));
            mean.MoveToOuterDisposeScope();
            stddev.MoveToOuterDisposeScope();
            eliteReturn.MoveToOuterDisposeScope();
        }

        return Planning.Plan.Of(mean, stddev, eliteReturn);
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

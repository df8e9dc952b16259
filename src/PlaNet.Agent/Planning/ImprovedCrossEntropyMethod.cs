using PlaNet.Experiments;

namespace PlaNet.Planning;

/// <summary>
/// The sample-efficient cross-entropy method (iCEM; Pinneri et al. 2020): candidates whose noise is correlated over time, fewer of them from
/// iteration to iteration, elites that stay among the candidates, and a start from the last decision's plan shifted by a step. The mean
/// itself is tried in the last iteration.
/// </summary>
/// <remarks>Kept elites and the mean count among the candidates of an iteration, so that the number of trajectories is the options'.</remarks>
/// <param name="options">Horizon, iterations, candidates, elites, and <see cref="PlannerOptions.Icem"/>.</param>
public sealed class ImprovedCrossEntropyMethod(PlannerOptions options) : IPlanner
{
    private readonly IcemOptions _icem = options.Icem;

    /// <inheritdoc/>
    public Plan Plan(ILatentDynamics dynamics, Tensor state, INoiseSource noise, PlannerMemory? memory = null, StartSampler? starts = null)
    {
        ArgumentNullException.ThrowIfNull(dynamics);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(noise);
        using var gradient = no_grad();
        using var scope = NewDisposeScope();
        var imagination = new Imagination(options, dynamics, state, starts);
        var agents = imagination.Agents;
        long[] shape = [options.Horizon, agents, 1, dynamics.ActionSize];
        var shifted = options.Iterations > 0 ? memory : null;
        var mean = shifted is null ? zeros(shape, dtype: state.dtype, device: state.device) : PlannerMemory.Shift(shifted.Mean);
        var stddev = full(shape, _icem.InitialStddev, dtype: state.dtype, device: state.device);
        var reached = full([agents], double.NaN, dtype: state.dtype, device: state.device);
        var kept = shifted?.Elites is { } elites ? PlannerMemory.Shift(elites) : null;
        Tensor? best = null;
        for (var iteration = 0; iteration < options.Iterations; iteration++)
        {
            using var inner = NewDisposeScope();
            var last = iteration == options.Iterations - 1;
            var actions = Candidates(iteration, last, mean, stddev, kept, noise, imagination);
            var returns = imagination.Returns(imagination.Start(actions.shape[2], noise), actions, noise);
            var found = EliteSet.Of(actions, returns, options.Elites);
            var (fitted, deviation) = found.Moments(options.Stddev);

            // Where no return is finite nothing is known, and nothing of the last plan may stay either.
            var known = found.Count.gt(0).view(1, agents, 1, 1).to(mean.dtype);
            mean = (((1 - _icem.Momentum) * fitted) + (_icem.Momentum * mean)) * known;
            stddev = ((1 - _icem.Momentum) * deviation) + (_icem.Momentum * stddev);
            kept = Kept(found);
            reached = found.Return;
            best = found.Actions.narrow(2, 0, 1) * known;
            foreach (var outlasting in new[] { mean, stddev, reached, best, kept })
            {
                outlasting?.MoveToOuterDisposeScope();
            }
        }

        var executed = _icem.ExecuteBest ? best ?? mean : mean;
        return Planning.Plan.Of(executed, stddev, reached, options.Iterations > 0 ? new PlannerMemory(mean, kept) : null);
    }

    private Tensor Candidates(
        int iteration, bool last, Tensor mean, Tensor stddev, Tensor? kept, INoiseSource noise, Imagination imagination)
    {
        var old = new List<Tensor>();
        if (kept is not null)
        {
            old.Add(kept);
        }

        if (last)
        {
            old.Add(mean);
        }

        var fresh = options.CandidatesAt(iteration) - old.Sum(sequences => sequences.shape[2]);
        if (fresh <= 0)
        {
            return cat(old, 2);
        }

        var white = noise.Actions([options.Horizon, imagination.Agents, fresh, mean.shape[3]]);
        var drawn = imagination.Clip(mean + (stddev * ColouredNoise.Of(white, _icem.NoiseExponent)));
        return old.Count == 0 ? drawn : cat([drawn, .. old], 2);
    }

    private Tensor? Kept(EliteSet found)
    {
        // At least one fresh candidate remains beside the kept ones and the mean.
        var count = Math.Min((int)Math.Floor(_icem.KeptElites * options.Elites), (2 * options.Elites) - 2);
        return count > 0 ? found.Actions.narrow(2, 0, count).contiguous() : null;
    }
}

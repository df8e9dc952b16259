using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Planning;

/// <summary>
/// The sample-efficient cross-entropy method (iCEM; Pinneri et al. 2020): noise correlated over time, fewer candidates in each iteration,
/// elites kept as candidates, and an initial mean from the previous plan shifted by one step. In the last iteration the mean is a candidate
/// too.
/// </summary>
/// <remarks>Kept elites and the mean count as candidates, so the number of trajectories is as configured.</remarks>
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
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var imagination = new Imagination(options, dynamics, state, starts);
        var agents = imagination.Agents;
        long[] shape = [options.Horizon, agents, 1, dynamics.ActionSize];
        var previous = options.Iterations > 0 ? memory : null;
        var mean = previous is null ? zeros(shape, dtype: state.dtype, device: state.device) : PlannerMemory.Shift(previous.Mean);
        var stddev = full(shape, Scalars.Of(_icem.InitialStddev), dtype: state.dtype, device: state.device);
        var eliteReturn = full([agents], Scalars.Of(double.NaN), dtype: state.dtype, device: state.device);
        var kept = previous?.Elites is { } elites ? PlannerMemory.Shift(elites) : null;
        Tensor? best = null;
        for (var iteration = 0; iteration < options.Iterations; iteration++)
        {
            using var inner = NewDisposeScope();
            var last = iteration == options.Iterations - 1;
            var actions = Candidates(iteration, last, mean, stddev, kept, noise, imagination);
            var returns = imagination.Returns(imagination.Start(actions.shape[2], noise), actions, noise);
            var found = EliteSet.Of(actions, returns, options.Elites);
            var (fitted, deviation) = found.Moments(options.Stddev);

            // An agent without a finite return gets a mean of 0; the previous mean must not remain either.
            var known = found.Count.gt(Scalars.Of(0)).view(1, agents, 1, 1).to(mean.dtype);
            mean = (Scalars.Of(1 - _icem.Momentum) * fitted).Plus(Scalars.Of(_icem.Momentum) * mean) * known;
            stddev = (Scalars.Of(1 - _icem.Momentum) * deviation).Plus(Scalars.Of(_icem.Momentum) * stddev);
            kept = SelectKept(found);
            eliteReturn = found.Return;
            best = found.Actions.narrow(2, 0, 1) * known;
            foreach (var result in new[] { mean, stddev, eliteReturn, best, kept })
            {
                result?.MoveToOuterDisposeScope();
            }
        }

        var executed = _icem.ExecuteBest ? best ?? mean : mean;
        return Planning.Plan.Of(executed, stddev, eliteReturn, options.Iterations > 0 ? new PlannerMemory(mean, kept) : null);
    }

    private Tensor Candidates(
        int iteration, bool last, Tensor mean, Tensor stddev, Tensor? kept, INoiseSource noise, Imagination imagination)
    {
        var retained = new List<Tensor>();
        if (kept is not null)
        {
            retained.Add(kept);
        }

        if (last)
        {
            retained.Add(mean);
        }

        var count = options.CandidatesAt(iteration) - retained.Sum(sequences => sequences.shape[2]);
        if (count <= 0)
        {
            return cat(retained, 2);
        }

        var white = noise.Actions([options.Horizon, imagination.Agents, count, mean.shape[3]]);
        var drawn = imagination.Clip(mean.Plus(stddev * ColouredNoise.Of(white, _icem.NoiseExponent)));
        return retained.Count == 0 ? drawn : cat([drawn, .. retained], 2);
    }

    private Tensor? SelectKept(EliteSet found)
    {
        // Leaves room for at least one new candidate beside the kept elites and the mean.
        var count = Math.Min((int)Math.Floor(_icem.KeptElites * options.Elites), (2 * options.Elites) - 2);
        return count > 0 ? found.Actions.narrow(2, 0, count).contiguous() : null;
    }
}

using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Planning;

/// <summary>
/// Model predictive path integral control (MPPI; Williams et al. 2017): the plan is the mean of all candidates, weighted by
/// exp(return / temperature). The next decision starts from this plan, shifted by one step.
/// </summary>
/// <remarks>The noise does not shrink over iterations, so temperature and number of candidates limit the accuracy of the plan.</remarks>
/// <param name="options">Horizon, iterations, candidates, and <see cref="PlannerOptions.Mppi"/>.</param>
public sealed class PathIntegralControl(PlannerOptions options) : IPlanner
{
    private readonly MppiOptions _mppi = options.Mppi;

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
        var mean = memory is null || options.Iterations == 0
            ? zeros(shape, dtype: state.dtype, device: state.device)
            : PlannerMemory.Shift(memory.Mean);
        var stddev = full(shape, Scalars.Of(_mppi.NoiseStddev), dtype: state.dtype, device: state.device);
        var meanReturn = full([agents], Scalars.Of(double.NaN), dtype: state.dtype, device: state.device);
        for (var iteration = 0; iteration < options.Iterations; iteration++)
        {
            using var inner = NewDisposeScope();
            var white = noise.Actions([options.Horizon, agents, options.Candidates, dynamics.ActionSize]);
            var actions = imagination.Clip(mean.Plus(Scalars.Of(_mppi.NoiseStddev) * ColouredNoise.Of(white, _mppi.NoiseExponent)));
            var returns = imagination.Returns(imagination.Start(options.Candidates, noise), actions, noise);
            (mean, stddev, meanReturn) = Fit(actions, returns, _mppi.Temperature);
            mean.MoveToOuterDisposeScope();
            stddev.MoveToOuterDisposeScope();
            meanReturn.MoveToOuterDisposeScope();
        }

        return Planning.Plan.Of(mean, stddev, meanReturn, options.Iterations > 0 ? new PlannerMemory(mean) : null);
    }

    /// <summary>Mean and deviation of all candidates, weighted by exp(return / temperature).</summary>
    /// <param name="actions">[horizon, agents, candidates, action].</param>
    /// <param name="returns">
    /// [agents, candidates]. A candidate without a finite return has weight 0; an agent without a finite return gets zeros.
    /// </param>
    /// <param name="temperature">In units of the return. Positive.</param>
    /// <returns>Mean and standard deviation, [horizon, agents, 1, action], and the weighted mean return, [agents].</returns>
    public static (Tensor Mean, Tensor Stddev, Tensor Return) Fit(Tensor actions, Tensor returns, double temperature)
    {
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(returns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        using var scope = NewDisposeScope();
        var finite = returns.isfinite();
        var known = returns.masked_fill(finite.logical_not(), Scalars.Of(0));

        // Subtracting the best return prevents overflow and makes the largest weight 1.
        var best = returns.masked_fill(finite.logical_not(), Scalars.Of(double.NegativeInfinity)).amax([1L], keepdim: true);
        var below = known - best.masked_fill(best.isfinite().logical_not(), Scalars.Of(0));
        var weights = (below / Scalars.Of(temperature)).exp() * finite.to(returns.dtype);
        var total = weights.sum(1, keepdim: true);
        var shares = weights / total.clamp_min(Scalars.Of(1));
        var weighting = shares.to(actions.dtype).view(1, actions.shape[1], actions.shape[2], 1);
        var mean = (actions * weighting).sum(2, keepdim: true);
        var variance = ((actions - mean).Squared() * weighting).sum(2, keepdim: true);
        var meanReturn = ((known * weights).sum(1, keepdim: true) / total).squeeze(1);
        return (mean.MoveToOuterDisposeScope(), variance.sqrt().MoveToOuterDisposeScope(), meanReturn.MoveToOuterDisposeScope());
    }
}

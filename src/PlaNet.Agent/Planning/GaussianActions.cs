using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Planning;

/// <summary>Independent normal distributions of each number of each action.</summary>
/// <param name="Mean">[horizon, agents, 1, action].</param>
/// <param name="Stddev">Of the same shape.</param>
/// <param name="Form">The estimator of the elites' deviation.</param>
internal sealed record GaussianActions(Tensor Mean, Tensor Stddev, PlannerStddev Form) : IActionDistribution
{
    /// <summary>N(0, 1).</summary>
    /// <param name="shape">[horizon, agents, 1, action].</param>
    /// <param name="state">Gives type and device.</param>
    /// <param name="form">The estimator of the elites' deviation.</param>
    public static GaussianActions Standard(long[] shape, Tensor state, PlannerStddev form) => new(
        zeros(shape, dtype: state.dtype, device: state.device), ones(shape, dtype: state.dtype, device: state.device), form);

    /// <inheritdoc/>
    public Tensor Sample(long candidates, INoiseSource noise, Imagination imagination) =>
        imagination.Clip(Mean.Plus(Stddev * noise.Actions([Mean.shape[0], Mean.shape[1], candidates, Mean.shape[3]])));

    /// <inheritdoc/>
    public IActionDistribution Fit(EliteSet elites)
    {
        var (mean, stddev) = elites.Moments(Form);
        return new GaussianActions(mean, stddev, Form);
    }

    /// <inheritdoc/>
    public void MoveToOuterDisposeScope()
    {
        Mean.MoveToOuterDisposeScope();
        Stddev.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Plan ToPlan(Tensor planReturn) => Plan.Of(Mean, Stddev, planReturn);
}

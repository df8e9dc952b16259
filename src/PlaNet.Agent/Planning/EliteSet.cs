using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Planning;

/// <summary>The best candidates of each agent, best first.</summary>
/// <param name="Actions">[horizon, agents, elites, action].</param>
/// <param name="Weights">
/// 1 / count for an elite, [1, agents, elites, 1]; 0 for an empty place, if fewer candidates than elites have a finite return.
/// </param>
/// <param name="Count">Elites with a finite return, [agents, 1].</param>
/// <param name="Returns">Returns of the elites, [agents, elites]; 0 in empty places.</param>
internal sealed record EliteSet(Tensor Actions, Tensor Weights, Tensor Count, Tensor Returns)
{
    // Keeps the deviation at 1e-3 or more, so that the search never collapses to a point.
    private const double VarianceFloor = 1e-6;

    /// <summary>Mean return of the elites, [agents]; NaN if there are none.</summary>
    public Tensor Return => (Returns.sum(1, keepdim: true) / Count).squeeze(1);

    /// <summary>Selects the elites.</summary>
    /// <param name="actions">[horizon, agents, candidates, action].</param>
    /// <param name="returns">[agents, candidates]; a candidate without a finite return never becomes an elite.</param>
    /// <param name="elites">Number of elites, K.</param>
    public static EliteSet Of(Tensor actions, Tensor returns, int elites)
    {
        var ranked = returns.masked_fill(returns.isfinite().logical_not(), Scalars.Of(double.NegativeInfinity));
        var (best, indices) = ranked.topk(elites, 1);
        var valid = best.isfinite().to(actions.dtype);
        var count = valid.sum(1, keepdim: true);
        var weights = (valid / count.clamp_min(Scalars.Of(1))).view(1, returns.shape[0], elites, 1);
        var selected = indices.view(1, returns.shape[0], elites, 1).expand(actions.shape[0], -1, -1, actions.shape[3]);
        return new EliteSet(actions.gather(2, selected), weights, count, best.masked_fill(best.isfinite().logical_not(), Scalars.Of(0)));
    }

    /// <summary>Mean and deviation of the elites, [horizon, agents, 1, action]; 0 and the minimum if there are none.</summary>
    /// <param name="form">The estimator of the deviation.</param>
    public (Tensor Mean, Tensor Stddev) Moments(PlannerStddev form)
    {
        var mean = (Actions * Weights).sum(2, keepdim: true);
        if (form == PlannerStddev.Mad)
        {
            // The weights divide by K, but this estimator divides by K - 1, and by 1 for a single elite.
            var count = Count.view(1, -1, 1, 1);
            var degrees = (count - Scalars.Of(1)).clamp_min(Scalars.Of(1));
            var deviation = ((Actions - mean).abs() * Weights).sum(2, keepdim: true) * count / degrees;
            return (mean, deviation.clamp_min(Scalars.Of(Math.Sqrt(VarianceFloor))));
        }

        var variance = ((Actions - mean).Squared() * Weights).sum(2, keepdim: true);
        return (mean, variance.Plus(Scalars.Of(VarianceFloor)).sqrt());
    }
}

using PlaNet.Experiments;

namespace PlaNet.Planning;

/// <summary>The best candidates of each agent, best first.</summary>
/// <param name="Actions">[horizon, agents, elites, action].</param>
/// <param name="Weights">1 / count for an elite, 0 for a place that no candidate with a finite return could take, [1, agents, elites, 1].</param>
/// <param name="Count">Elites with a finite return, [agents, 1].</param>
/// <param name="Returns">Their returns, [agents, elites]; 0 in places that nobody could take.</param>
internal sealed record EliteSet(Tensor Actions, Tensor Weights, Tensor Count, Tensor Returns)
{
    // Added to the variance of the elites, so that the search never collapses to a point: a deviation of at least 1e-3.
    private const double VarianceFloor = 1e-6;

    /// <summary>Mean return of the elites, [agents]; NaN where there are none.</summary>
    public Tensor Return => (Returns.sum(1, keepdim: true) / Count).squeeze(1);

    /// <summary>Picks the elites.</summary>
    /// <param name="actions">[horizon, agents, candidates, action].</param>
    /// <param name="returns">[agents, candidates]; a candidate without a finite return never becomes an elite.</param>
    /// <param name="elites">Number of elites, K.</param>
    public static EliteSet Of(Tensor actions, Tensor returns, int elites)
    {
        var ranked = returns.masked_fill(returns.isfinite().logical_not(), double.NegativeInfinity);
        var (best, indices) = ranked.topk(elites, 1);
        var valid = best.isfinite().to(actions.dtype);
        var count = valid.sum(1, keepdim: true);
        var weights = (valid / count.clamp_min(1)).view(1, returns.shape[0], elites, 1);
        var picked = indices.view(1, returns.shape[0], elites, 1).expand(actions.shape[0], -1, -1, actions.shape[3]);
        return new EliteSet(actions.gather(2, picked), weights, count, best.masked_fill(best.isfinite().logical_not(), 0));
    }

    /// <summary>Mean and deviation of the elites, [horizon, agents, 1, action]; zeros and the floor where there are none.</summary>
    /// <param name="form">How the deviation is measured.</param>
    public (Tensor Mean, Tensor Stddev) Moments(PlannerStddev form)
    {
        var mean = (Actions * Weights).sum(2, keepdim: true);
        if (form == PlannerStddev.Mad)
        {
            // The weights hold 1 / K. The same floor as for the other form; a single elite has no deviation.
            var count = Count.view(1, -1, 1, 1);
            var deviation = ((Actions - mean).abs() * Weights).sum(2, keepdim: true) * count / (count - 1).clamp_min(1);
            return (mean, deviation.clamp_min(Math.Sqrt(VarianceFloor)));
        }

        var variance = ((Actions - mean).square() * Weights).sum(2, keepdim: true);
        return (mean, (variance + VarianceFloor).sqrt());
    }
}

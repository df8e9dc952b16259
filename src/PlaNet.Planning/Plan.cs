namespace PlaNet.Planning;

/// <summary>What a planner found for each agent.</summary>
/// <param name="Mean">The planned actions, [agents, horizon, action], in [-1, 1]; the first is executed.</param>
/// <param name="Stddev">The planner's remaining uncertainty, of the same shape.</param>
/// <param name="Return">Mean return of the last iteration's elites, [agents]; NaN where no candidate had a finite return.</param>
public sealed record Plan(Tensor Mean, Tensor Stddev, Tensor Return) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Stddev.Dispose();
        Return.Dispose();
    }
}

namespace PlaNet.Planning;

/// <summary>What a planner found for each agent.</summary>
/// <param name="Mean">The planned actions, [agents, horizon, action], in [-1, 1] unless clipping is off; the first is executed.</param>
/// <param name="Stddev">The planner's remaining uncertainty, of the same shape.</param>
/// <param name="Return">
/// The return by which the plan was chosen, [agents]: the mean return of the last iteration's elites for the cross-entropy methods, the
/// weighted mean for path integrals, the refined plan's own return after gradient ascent. NaN where no candidate had a finite return.
/// </param>
/// <param name="Memory">What the next decision of the same episodes is to be given; null where the planner carries nothing.</param>
public sealed record Plan(Tensor Mean, Tensor Stddev, Tensor Return, PlannerMemory? Memory = null) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Stddev.Dispose();
        Return.Dispose();
        Memory?.Dispose();
    }

    /// <summary>A plan of sequences in the planners' own order, handed to the scope around the present one.</summary>
    /// <param name="mean">[horizon, agents, 1, action].</param>
    /// <param name="stddev">Of the same shape.</param>
    /// <param name="reached">[agents].</param>
    /// <param name="memory">What the next decision is to be given.</param>
    internal static Plan Of(Tensor mean, Tensor stddev, Tensor reached, PlannerMemory? memory = null)
    {
        memory?.Mean.MoveToOuterDisposeScope();
        memory?.Elites?.MoveToOuterDisposeScope();
        return new Plan(
            mean.squeeze(2).transpose(0, 1).contiguous().MoveToOuterDisposeScope(),
            stddev.squeeze(2).transpose(0, 1).contiguous().MoveToOuterDisposeScope(),
            reached.MoveToOuterDisposeScope(),
            memory);
    }
}

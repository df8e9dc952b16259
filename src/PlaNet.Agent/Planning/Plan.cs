namespace PlaNet.Planning;

/// <summary>The result of a planner for each agent.</summary>
/// <param name="Mean">
/// The planned actions, [agents, horizon, action], in [-1, 1] unless clipping is off. For discrete actions the probability of each choice.
/// </param>
/// <param name="Stddev">Standard deviation of the final action distribution, of the same shape.</param>
/// <param name="Return">
/// The return of the plan, [agents]: the mean return of the last iteration's elites for the cross-entropy methods, the weighted mean for
/// path integrals, the expected return of the refined plan for gradient ascent. NaN if no candidate had a finite return.
/// </param>
/// <param name="Memory">Memory for the next decision of the same episodes; null if the planner has none.</param>
public sealed record Plan(Tensor Mean, Tensor Stddev, Tensor Return, PlannerMemory? Memory = null) : IDisposable
{
    /// <summary>The most probable choices, one-hot, of the shape of <see cref="Mean"/>; null for continuous actions.</summary>
    public Tensor? Choices { get; init; }

    /// <summary>What is to be done, [agents, horizon, action]; the first action is executed.</summary>
    public Tensor Actions => Choices ?? Mean;

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Stddev.Dispose();
        Return.Dispose();
        Memory?.Dispose();
        Choices?.Dispose();
    }

    /// <summary>Makes a plan from tensors in the planners' internal layout; moves them to the enclosing dispose scope.</summary>
    /// <param name="mean">[horizon, agents, 1, action].</param>
    /// <param name="stddev">Of the same shape.</param>
    /// <param name="planReturn">[agents].</param>
    /// <param name="memory">Memory for the next decision.</param>
    internal static Plan Of(Tensor mean, Tensor stddev, Tensor planReturn, PlannerMemory? memory = null)
    {
        memory?.Mean.MoveToOuterDisposeScope();
        memory?.Elites?.MoveToOuterDisposeScope();
        return new Plan(
            mean.squeeze(2).transpose(0, 1).contiguous().MoveToOuterDisposeScope(),
            stddev.squeeze(2).transpose(0, 1).contiguous().MoveToOuterDisposeScope(),
            planReturn.MoveToOuterDisposeScope(),
            memory);
    }
}

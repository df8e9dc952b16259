namespace PlaNet.Planning;

/// <summary>What a planner carries from one decision of an episode to the next. A value: planners read it and return another.</summary>
/// <param name="Mean">The last plan's mean, [horizon, agents, 1, action], not yet shifted.</param>
/// <param name="Elites">Its best candidates, [horizon, agents, kept, action], not yet shifted; null where none are kept.</param>
public sealed record PlannerMemory(Tensor Mean, Tensor? Elites = null) : IDisposable
{
    /// <summary>Takes the tensors out of their scope, so that they outlive the decision: whoever holds the memory disposes it.</summary>
    /// <returns>The memory itself.</returns>
    public PlannerMemory DetachFromDisposeScope()
    {
        Mean.DetachFromDisposeScope();
        Elites?.DetachFromDisposeScope();
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Elites?.Dispose();
    }

    /// <summary>Action sequences one step later: the first action is gone, the last one stands twice.</summary>
    /// <param name="sequences">[horizon, ...].</param>
    internal static Tensor Shift(Tensor sequences)
    {
        var last = sequences.shape[0] - 1;
        return cat([sequences.narrow(0, 1, last), sequences.narrow(0, last, 1)], 0);
    }
}

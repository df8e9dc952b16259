namespace PlaNet.Planning;

/// <summary>State of a planner between two decisions of an episode. Planners read it and return a new one.</summary>
/// <param name="Mean">Mean of the last plan, [horizon, agents, 1, action], not yet shifted.</param>
/// <param name="Elites">Best candidates of the last plan, [horizon, agents, kept, action], not yet shifted; null if none are kept.</param>
public sealed record PlannerMemory(Tensor Mean, Tensor? Elites = null) : IDisposable
{
    /// <summary>Detaches the tensors from their dispose scope; the caller then disposes the memory.</summary>
    /// <returns>This memory.</returns>
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

    /// <summary>Shifts action sequences by one step: drops the first action and repeats the last one.</summary>
    /// <param name="sequences">[horizon, ...].</param>
    internal static Tensor Shift(Tensor sequences)
    {
        var last = sequences.shape[0] - 1;
        return cat([sequences.narrow(0, 1, last), sequences.narrow(0, last, 1)], 0);
    }
}

namespace PlaNet.Runs.Playing;

/// <summary>Wraps a policy and reports each decision, because an episode of the paper's planner takes a minute on a CPU.</summary>
/// <param name="policy">The wrapped policy; disposed with this one.</param>
/// <param name="decided">Called after each decision with the number of decisions so far.</param>
public sealed class ReportingPolicy(IPolicy policy, Action<int> decided) : IPolicy
{
    private int _decisions;

    /// <inheritdoc/>
    public float[][] Act(IReadOnlyList<Percept> percepts)
    {
        var actions = policy.Act(percepts);
        decided(++_decisions);
        return actions;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        policy.Dispose();
    }
}

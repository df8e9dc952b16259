namespace PlaNet.Runs.Playing;

/// <summary>Another policy, whose decisions somebody is told about: an episode of the paper's planner takes a minute on a CPU.</summary>
/// <param name="policy">The policy; disposed with this one.</param>
/// <param name="decided">Told after each decision how many there have been.</param>
public sealed class AnnouncingPolicy(IPolicy policy, Action<int> decided) : IPolicy
{
    private int _decisions;

    /// <inheritdoc/>
    public float[][] Act(IReadOnlyList<byte[]> images)
    {
        var actions = policy.Act(images);
        decided(++_decisions);
        return actions;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        policy.Dispose();
    }
}

using PlaNet.Cluster.Nodes;
using PlaNet.Experiments;

namespace PlaNet.Cluster.Collectors;

/// <summary>How a collector works.</summary>
/// <param name="Load">Loads the tensor library as an experiment wants it, and returns where models live. Called once for each run.</param>
public sealed record CollectorOptions(Func<Experiment, torch.Device> Load)
{
    /// <summary>The name under which it claims. Default: that of this process, <see cref="NodeIdentity"/>.</summary>
    public string Owner { get; init; } = NodeIdentity.OfThisProcess;

    /// <summary>How long a claim lasts unless it is renewed. At least three times <see cref="Heartbeat"/>. Default 20 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time between two renewals of a claim. Default 5 seconds.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);
}

using PlaNet.Cluster.Nodes;
using PlaNet.Experiments;

namespace PlaNet.Cluster.Collectors;

/// <summary>Options of a collector.</summary>
/// <param name="Load">
/// Loads the tensor library with the experiment's options, and returns the device of its models. Called once for each run.
/// </param>
public sealed record CollectorOptions(Func<Experiment, torch.Device> Load)
{
    /// <summary>Name of the collector in its claims. Default: <see cref="NodeIdentity.OfThisProcess"/>.</summary>
    public string Owner { get; init; } = NodeIdentity.OfThisProcess;

    /// <summary>How long a claim lasts unless it is renewed. At least three times <see cref="Heartbeat"/>. Default 20 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time between two renewals of a claim. Default 5 seconds.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);
}

using PlaNet.Runs.Exchange;

namespace PlaNet.Runs.Collecting;

/// <summary>How a collector works.</summary>
/// <param name="Remote">Where it meets runs.</param>
/// <param name="Owner">The name under which it claims.</param>
/// <param name="Heartbeat">How often it renews a claim.</param>
public sealed record CollectorOptions(RemoteCollection Remote, string Owner, TimeSpan Heartbeat)
{
    /// <summary>Name of the only run to play for; null for any. Default null.</summary>
    public string? Run { get; init; }

    /// <summary>Time without anything to play after which the collector ends; null for never. Default null.</summary>
    public TimeSpan? Idle { get; init; }
}

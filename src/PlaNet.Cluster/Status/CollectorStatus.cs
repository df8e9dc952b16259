using MessagePack;

namespace PlaNet.Cluster.Status;

/// <summary>Status of the collector of a node.</summary>
/// <param name="Run">Name of the run whose episode it plays; null while it plays none.</param>
/// <param name="Episodes">Episodes delivered since it was started, at least 0.</param>
/// <param name="WeightsVersion">Version of the planner's weights; null without a planner or an episode.</param>
/// <param name="Decision">Decisions made in the current episode, at least 0.</param>
/// <param name="Decisions">Decisions of the whole episode, at least 0.</param>
[MessagePackObject]
public sealed record CollectorStatus(
    [property: Key(0)] string? Run,
    [property: Key(1)] long Episodes,
    [property: Key(2)] long? WeightsVersion,
    [property: Key(3)] int Decision,
    [property: Key(4)] int Decisions)
{
    /// <summary>Why the values are invalid; null if they are valid.</summary>
    internal string? Flaw =>
        Episodes < 0 ? $"a collector has delivered {Episodes} episodes but the number must be at least 0"
        : Decision < 0 || Decisions < 0 ? $"a collector has made {Decision} of {Decisions} decisions but both must be at least 0"
        : null;
}

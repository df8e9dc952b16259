using MessagePack;
using PlaNet.Cluster.Wire;

namespace PlaNet.Cluster.Status;

/// <summary>How a node stands.</summary>
/// <param name="Address">Where it listens, such as <c>node1.lab:4711</c>.</param>
/// <param name="Roles">What it does.</param>
/// <param name="Up">Time since the node was started, at least zero.</param>
/// <param name="Load">Processes of its machine that ran or waited for a core in the last minute, for each core; null where the system does not say.</param>
/// <param name="Restarts">Restarts of its actors after failures, at least 0.</param>
/// <param name="Worker">Its worker; null where it has none, or none that answers.</param>
/// <param name="Collector">Its collector; null where it has none, or none that answers.</param>
[MessagePackObject]
public sealed record NodeStanding(
    [property: Key(0)] string Address,
    [property: Key(1)] IReadOnlyList<string> Roles,
    [property: Key(2)] TimeSpan Up,
    [property: Key(3)] double? Load,
    [property: Key(4)] long Restarts,
    [property: Key(5)] WorkerStanding? Worker,
    [property: Key(6)] CollectorStanding? Collector) : IWireMessage
{
    string? IWireMessage.Flaw => Flaw;

    /// <summary>Why the values cannot be used; null where they can. It looks at all references: those of a part are not checked elsewhere.</summary>
    internal string? Flaw =>
        Address is null ? "the address of a node is missing"
        : Roles is null || Roles.Contains(null!) ? $"a role of {Address} is missing"
        : Up < TimeSpan.Zero ? $"the node {Address} is up for {Up} but it must be at least 0"
        : Load is { } load && !(double.IsFinite(load) && load >= 0) ? $"the load of {Address} is {load} but must be at least 0 and finite"
        : Restarts < 0 ? $"{Address} has {Restarts} restarts but it must be at least 0"
        : Worker?.Flaw ?? Collector?.Flaw;
}

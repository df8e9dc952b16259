using MessagePack;
using PlaNet.Cluster.Wire;

namespace PlaNet.Cluster.Status;

/// <summary>Status of a node.</summary>
/// <param name="Address">Address on which it listens, such as <c>node1.lab:4711</c>.</param>
/// <param name="Roles">Its cluster roles.</param>
/// <param name="Up">Time since the node was started, at least zero.</param>
/// <param name="Load">Load average of its machine in the last minute, divided by the number of cores; null if unknown.</param>
/// <param name="Restarts">Restarts of its actors after failures, at least 0.</param>
/// <param name="Worker">Its worker; null if it has none or the worker does not answer.</param>
/// <param name="Collector">Its collector; null if it has none or the collector does not answer.</param>
[MessagePackObject]
public sealed record NodeStatus(
    [property: Key(0)] string Address,
    [property: Key(1)] IReadOnlyList<string> Roles,
    [property: Key(2)] TimeSpan Up,
    [property: Key(3)] double? Load,
    [property: Key(4)] long Restarts,
    [property: Key(5)] WorkerStatus? Worker,
    [property: Key(6)] CollectorStatus? Collector) : IWireMessage
{
    string? IWireMessage.Flaw => Flaw;

    /// <summary>Why the values are invalid; null if they are valid. It checks nested references too, because nothing else does.</summary>
    internal string? Flaw =>
        Address is null ? "the address of a node is missing"
        : Roles is null || Roles.Contains(null!) ? $"a role of {Address} is missing"
        : Up < TimeSpan.Zero ? $"the node {Address} is up for {Up} but the time must be at least 0"
        : Load is { } load && !(double.IsFinite(load) && load >= 0) ? $"the load of {Address} is {load} but must be at least 0 and finite"
        : Restarts < 0 ? $"{Address} has {Restarts} restarts but the number must be at least 0"
        : Worker?.Flaw ?? Collector?.Flaw;
}

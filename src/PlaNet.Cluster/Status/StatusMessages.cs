using MessagePack;
using PlaNet.Cluster.Wire;

namespace PlaNet.Cluster.Status;

/// <summary>Asks a node for its status. Answered by <see cref="NodeStatus"/>.</summary>
[MessagePackObject]
public sealed record AskNode : IWireMessage;

/// <summary>Asks a node for the status of all nodes of its cluster. Answered by <see cref="ClusterStatus"/> within a few seconds.</summary>
[MessagePackObject]
public sealed record AskCluster : IWireMessage;

/// <summary>
/// Asks a role of the same node for its part of a <see cref="NodeStatus"/>: a <see cref="WorkerStatus"/> or
/// a <see cref="CollectorStatus"/>.
/// </summary>
internal sealed record AskStatus;

using MessagePack;
using PlaNet.Cluster.Wire;

namespace PlaNet.Cluster.Status;

/// <summary>Asks a node how it stands. Answered by <see cref="NodeStanding"/>.</summary>
[MessagePackObject]
public sealed record AskNode : IWireMessage;

/// <summary>Asks a node how all nodes of its cluster stand. Answered by <see cref="ClusterStanding"/> within a few seconds.</summary>
[MessagePackObject]
public sealed record AskCluster : IWireMessage;

/// <summary>Asks a role of the same node for its part of a <see cref="NodeStanding"/>: a <see cref="WorkerStanding"/> or a <see cref="CollectorStanding"/>.</summary>
internal sealed record AskStanding;

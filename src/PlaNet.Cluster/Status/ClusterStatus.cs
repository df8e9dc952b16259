using MessagePack;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Wire;

namespace PlaNet.Cluster.Status;

/// <summary>Status of the nodes of a cluster, as seen by one of them.</summary>
/// <param name="Members">All members: those with the coordinator role first, then by address.</param>
[MessagePackObject]
public sealed record ClusterStatus([property: Key(0)] IReadOnlyList<ClusterMember> Members) : IWireMessage
{
    /// <summary>
    /// Whether the cluster has a grid coordinator. In the cluster of a single run, the run has that role but coordinates no grid.
    /// </summary>
    [IgnoreMember]
    public bool HasGrid => Members.Any(member =>
        member.Roles.Contains(GridNode.CoordinatorRole) && !member.Roles.Contains(ClusterCollection.RunRole));

    string? IWireMessage.Flaw =>
        Members.Contains(null!) ? "a member is missing" : Members.Select(member => member.Flaw).FirstOrDefault(flaw => flaw is not null);

    /// <summary>Combines the membership with the replies of the nodes.</summary>
    /// <param name="members">The members, in any order.</param>
    /// <param name="answers">The replies, by address of the node.</param>
    internal static ClusterStatus Of(IEnumerable<ClusterMember> members, IReadOnlyDictionary<string, NodeStatus> answers) => new(
    [
        .. members
            .Select(member => member with { Node = answers.GetValueOrDefault(member.Address) })
            .OrderBy(member => !member.Roles.Contains(GridNode.CoordinatorRole))
            .ThenBy(member => member.Address, StringComparer.Ordinal),
    ]);
}

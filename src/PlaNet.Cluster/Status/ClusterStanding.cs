using MessagePack;
using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Wire;

namespace PlaNet.Cluster.Status;

/// <summary>How the nodes of a cluster stand, as one of them sees it.</summary>
/// <param name="Members">All of them: those that could coordinate first, then by address.</param>
[MessagePackObject]
public sealed record ClusterStanding([property: Key(0)] IReadOnlyList<MemberStanding> Members) : IWireMessage
{
    /// <summary>Whether it has a grid coordinator: the cluster of a single run has none, though the run is what its collectors depend on.</summary>
    [IgnoreMember]
    public bool HasGrid => Members.Any(member => member.Roles.Contains(GridNode.CoordinatorRole) && !member.Roles.Contains(ClusterCollection.RunRole));

    string? IWireMessage.Flaw =>
        Members.Contains(null!) ? "a member is missing" : Members.Select(member => member.Flaw).FirstOrDefault(flaw => flaw is not null);

    /// <summary>Puts together what the cluster knows of its members and what they say of themselves.</summary>
    /// <param name="members">The members, in any order.</param>
    /// <param name="answers">What those who answered have said, by the address that was asked.</param>
    internal static ClusterStanding Of(IEnumerable<MemberStanding> members, IReadOnlyDictionary<string, NodeStanding> answers) => new(
    [
        .. members
            .Select(member => member with { Node = answers.GetValueOrDefault(member.Address) })
            .OrderBy(member => !member.Roles.Contains(GridNode.CoordinatorRole))
            .ThenBy(member => member.Address, StringComparer.Ordinal),
    ]);
}

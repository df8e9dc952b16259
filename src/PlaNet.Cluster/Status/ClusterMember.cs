using Akka.Cluster;
using MessagePack;

namespace PlaNet.Cluster.Status;

/// <summary>State of a node in its cluster.</summary>
public enum MemberState
{
    /// <summary>It is joining: not all members know it yet.</summary>
    Joining = 0,

    /// <summary>It is a full member.</summary>
    Up = 1,

    /// <summary>It is leaving in order.</summary>
    Leaving = 2,

    /// <summary>Its heartbeats are missing. It becomes reachable again, or is removed.</summary>
    Unreachable = 3,

    /// <summary>It is considered dead and about to be removed.</summary>
    Down = 4,
}

/// <summary>A member of a cluster.</summary>
/// <param name="Address">Address on which it listens, such as <c>node1.lab:4711</c>.</param>
/// <param name="Roles">Its cluster roles.</param>
/// <param name="State">Its state in the cluster.</param>
/// <param name="Node">Its own status; null if it did not answer in time.</param>
[MessagePackObject]
public sealed record ClusterMember(
    [property: Key(0)] string Address,
    [property: Key(1)] IReadOnlyList<string> Roles,
    [property: Key(2)] MemberState State,
    [property: Key(3)] NodeStatus? Node)
{
    /// <summary>Why the values are invalid; null if they are valid.</summary>
    internal string? Flaw =>
        Address is null ? "the address of a member is missing"
        : Roles is null || Roles.Contains(null!) ? $"a role of {Address} is missing"
        : !Enum.IsDefined(State) ? $"the state {(int)State} of {Address} is unknown"
        : Node?.Flaw;

    /// <summary>The state that corresponds to Akka's status and reachability of a member.</summary>
    internal static MemberState StateOf(MemberStatus status, bool isReachable) => (status, isReachable) switch
    {
        (MemberStatus.Down or MemberStatus.Removed, _) => MemberState.Down,
        (_, false) => MemberState.Unreachable,
        (MemberStatus.Joining or MemberStatus.WeaklyUp, _) => MemberState.Joining,
        (MemberStatus.Up, _) => MemberState.Up,
        _ => MemberState.Leaving,
    };
}

using Akka.Cluster;
using MessagePack;

namespace PlaNet.Cluster.Status;

/// <summary>What a node is to its cluster.</summary>
public enum MemberState
{
    /// <summary>It has asked to join, and not all have heard of it.</summary>
    Joining = 0,

    /// <summary>It takes part.</summary>
    Up = 1,

    /// <summary>It was told to leave, or is on its way out.</summary>
    Leaving = 2,

    /// <summary>It gives no sign of life. It comes back, or is removed.</summary>
    Unreachable = 3,

    /// <summary>It is taken for dead and about to be removed.</summary>
    Down = 4,
}

/// <summary>A member of a cluster.</summary>
/// <param name="Address">Where it listens, such as <c>node1.lab:4711</c>.</param>
/// <param name="Roles">What it does.</param>
/// <param name="State">What it is to the cluster.</param>
/// <param name="Node">What it says of itself; null where it did not answer in time.</param>
[MessagePackObject]
public sealed record MemberStanding(
    [property: Key(0)] string Address, [property: Key(1)] IReadOnlyList<string> Roles, [property: Key(2)] MemberState State, [property: Key(3)] NodeStanding? Node)
{
    /// <summary>Why the values cannot be used; null where they can.</summary>
    internal string? Flaw =>
        Address is null ? "the address of a member is missing"
        : Roles is null || Roles.Contains(null!) ? $"a role of {Address} is missing"
        : !Enum.IsDefined(State) ? $"the state {(int)State} of {Address} is unknown"
        : Node?.Flaw;

    /// <summary>What a member is by what the cluster knows of it.</summary>
    /// <param name="status">How far it is between joining and removal.</param>
    /// <param name="isReachable">Whether it gives signs of life.</param>
    internal static MemberState StateOf(MemberStatus status, bool isReachable) => (status, isReachable) switch
    {
        (MemberStatus.Down or MemberStatus.Removed, _) => MemberState.Down,
        (_, false) => MemberState.Unreachable,
        (MemberStatus.Joining or MemberStatus.WeaklyUp, _) => MemberState.Joining,
        (MemberStatus.Up, _) => MemberState.Up,
        _ => MemberState.Leaving,
    };
}

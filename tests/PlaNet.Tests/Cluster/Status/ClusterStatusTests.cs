using Akka.Cluster;
using PlaNet.Cluster.Status;

namespace PlaNet.Tests.Cluster.Status;

/// <summary>The status that is computed from the member list and the answers of the nodes, without an actor system.</summary>
public sealed class ClusterStatusTests
{
    [Fact]
    public void Every_member_is_shown_with_its_own_answer_or_none_and_coordinators_come_first()
    {
        ClusterMember[] members = [Member("b:1", "worker"), Member("c:1", "coordinator", "worker"), Member("a:1", "collector")];
        var cluster = ClusterStatus.Of(members, new Dictionary<string, NodeStatus> { ["b:1"] = Node("b:1"), ["gone:1"] = Node("gone:1") });
        Assert.Equal(["c:1", "a:1", "b:1"], cluster.Members.Select(member => member.Address));
        Assert.Equal([null, null, "b:1"], cluster.Members.Select(member => member.Node?.Address));
    }

    [Theory]
    [InlineData(MemberStatus.Joining, true, MemberState.Joining)]
    [InlineData(MemberStatus.WeaklyUp, true, MemberState.Joining)]
    [InlineData(MemberStatus.Up, true, MemberState.Up)]
    [InlineData(MemberStatus.Up, false, MemberState.Unreachable)]
    [InlineData(MemberStatus.Leaving, true, MemberState.Leaving)]
    [InlineData(MemberStatus.Exiting, true, MemberState.Leaving)]
    [InlineData(MemberStatus.Exiting, false, MemberState.Unreachable)]
    [InlineData(MemberStatus.Down, false, MemberState.Down)]
    [InlineData(MemberStatus.Removed, true, MemberState.Down)]
    public void The_state_of_a_member_follows_from_its_status_and_reachability(MemberStatus status, bool isReachable, MemberState state) =>
        Assert.Equal(state, ClusterMember.StateOf(status, isReachable));

    [Theory]
    [InlineData("0.50 0.58 0.59 1/467 12345\n", 2, 0.25)]
    [InlineData("12 1 1 1/1 1", 4, 3.0)]
    [InlineData("", 2, null)]
    [InlineData("nan 1 1", 2, null)]
    [InlineData("-1 1 1", 2, null)]
    public void The_load_is_the_first_average_divided_by_the_number_of_cores(string averages, int cores, double? load) =>
        Assert.Equal(load, MachineLoad.Read(averages, cores));

    private static ClusterMember Member(string address, params string[] roles) => new(address, roles, MemberState.Up, null);

    private static NodeStatus Node(string address) => new(address, [], TimeSpan.Zero, null, 0, null, null);
}

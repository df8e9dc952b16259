using Akka.Cluster;
using PlaNet.Cluster.Status;

namespace PlaNet.Tests.Cluster.Status;

/// <summary>What is made of what the cluster knows and what nodes say, without an actor system.</summary>
public sealed class ClusterStandingTests
{
    [Fact]
    public void Every_member_is_shown_with_its_own_answer_or_none_and_coordinators_come_first()
    {
        MemberStanding[] members = [Member("b:1", "worker"), Member("c:1", "coordinator", "worker"), Member("a:1", "collector")];
        var standing = ClusterStanding.Of(members, new Dictionary<string, NodeStanding> { ["b:1"] = Node("b:1"), ["gone:1"] = Node("gone:1") });
        Assert.Equal(["c:1", "a:1", "b:1"], standing.Members.Select(member => member.Address));
        Assert.Equal([null, null, "b:1"], standing.Members.Select(member => member.Node?.Address));
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
    public void A_member_that_gives_no_sign_of_life_is_unreachable_until_it_is_down(MemberStatus status, bool isReachable, MemberState state) =>
        Assert.Equal(state, MemberStanding.StateOf(status, isReachable));

    [Theory]
    [InlineData("0.50 0.58 0.59 1/467 12345\n", 2, 0.25)]
    [InlineData("12 1 1 1/1 1", 4, 3.0)]
    [InlineData("", 2, null)]
    [InlineData("nan 1 1", 2, null)]
    [InlineData("-1 1 1", 2, null)]
    public void The_load_is_the_first_average_for_each_core(string averages, int cores, double? load) => Assert.Equal(load, MachineLoad.Read(averages, cores));

    private static MemberStanding Member(string address, params string[] roles) => new(address, roles, MemberState.Up, null);

    private static NodeStanding Node(string address) => new(address, [], TimeSpan.Zero, null, 0, null, null);
}

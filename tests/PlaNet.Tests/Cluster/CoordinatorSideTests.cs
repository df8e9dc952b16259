using Akka.Actor;
using PlaNet.Cluster.Nodes;

namespace PlaNet.Tests.Cluster;

/// <summary>
/// Which members are removed when the members no longer reach one another. Coordinators are in capital letters, unreachable members
/// in brackets.
/// </summary>
public sealed class CoordinatorSideTests
{
    [Theory]
    [InlineData("A b [c]", "A", "c")]
    [InlineData("A b [c]", "b", "")]
    [InlineData("[A] b c", "b", "b")]
    [InlineData("[A] b c", "c", "c")]
    [InlineData("[A] B c", "B", "A")]
    [InlineData("[A] B c", "c", "")]
    [InlineData("A [B] c", "A", "B")]
    [InlineData("A B [c]", "A", "c")]
    [InlineData("A B [c]", "B", "")]
    [InlineData("[b] c", "c", "c")]
    public void The_side_with_a_coordinator_stays(string members, string self, string removed)
    {
        var seen = members.Split(' ').Select(word => (Name: word.Trim('[', ']'), IsLost: word[0] == '[')).ToList();
        var decided = CoordinatorSide.Decide(
            At(self),
            At(seen.Single(member => member.IsLost).Name),
            seen.Select(member => new SeenMember(At(member.Name), char.IsUpper(member.Name[0]), !member.IsLost)));
        Assert.Equal(removed.Length == 0 ? null : At(removed), decided);
    }

    private static Address At(string name) => new("akka.tcp", "planet", name, 1);
}

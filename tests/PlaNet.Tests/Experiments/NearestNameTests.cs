using PlaNet.Experiments;

namespace PlaNet.Tests.Experiments;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("show", "shwo", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("Train", "train", 0)]
    [InlineData("ca", "abc", 3)]
    public void Distance_counts_edits_and_swaps(string first, string second, int distance)
    {
        Assert.Equal(distance, NearestName.Distance(first, second));
        Assert.Equal(distance, NearestName.Distance(second, first));
    }

    [Fact]
    public void The_first_of_equally_near_names_is_taken() => Assert.Equal("bat", NearestName.Find("cat", ["dog", "bat", "hat"]));

    [Fact]
    public void An_empty_list_of_names_is_refused() => Assert.Throws<ArgumentException>(() => NearestName.Find("cat", []));

    [Fact]
    public void A_name_of_a_million_letters_costs_no_more_than_a_long_one()
    {
        var name = new string('a', 1_000_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("aaaa", NearestName.Find(name, ["b", "aaaa"]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }
}

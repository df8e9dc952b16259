using PlaNet.Runs.Results;


namespace PlaNet.Tests.Runs.Results;

public sealed class SummaryTests
{
    [Fact]
    public void Statistics_of_returns_match_hand_computed_figures()
    {
        Assert.Equal(new Summary(5, 30, 30, 12, 48, 10, 50), Summary.Of([50, 10, 30, 20, 40]));
        Assert.Equal(new Summary(1, 7, 7, 7, 7, 7, 7), Summary.Of([7]));
    }
}

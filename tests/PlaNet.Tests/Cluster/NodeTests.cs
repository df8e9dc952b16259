using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Stores;

namespace PlaNet.Tests.Cluster;

public sealed class NodeTests
{
    [Theory]
    [InlineData("0-3,8", 2, "0,1|2,3,8")]
    [InlineData("0-3", 4, "0|1|2|3")]
    [InlineData("0-1", 5, "0|1|0|1|0")]
    [InlineData("7", 1, "7")]
    [InlineData("0-6", 3, "0,1|2,3|4,5,6")]
    public void Cores_are_shared_out_evenly(string cores, int workers, string shares) =>
        Assert.Equal(shares, string.Join('|', CoreShares.Of(CoreShares.Parse(cores), workers).Select(share => string.Join(',', share))));

    [Fact]
    public void A_node_is_dead_only_if_it_was_a_process_of_this_machine_and_is_gone()
    {
        Assert.False(NodeIdentity.IsDead(NodeIdentity.OfThisProcess));
        var parts = NodeIdentity.OfThisProcess.Split(':');
        Assert.True(NodeIdentity.IsDead(string.Join(':', [parts[0], parts[1], "1", parts[3]])));
        Assert.True(NodeIdentity.IsDead(string.Join(':', [parts[0], "4194304", parts[2], parts[3]])));
        Assert.False(NodeIdentity.IsDead(string.Join(':', ["elsewhere", parts[1], "1", parts[3]])));
        Assert.False(NodeIdentity.IsDead(string.Join(':', [parts[0], parts[1], "1", "another"])));
        Assert.False(NodeIdentity.IsDead("anything"));
    }

    [Fact]
    public void The_time_left_follows_from_the_runs_that_are_going()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        CellRow Cell(CellState state) => new(new CellKey("G", "c"), 100, state);
        var progress = GridProgress.Of(
            [
                Cell(new CellState(CellStatus.Done) with { Step = 100 }),
                Cell(new CellState(CellStatus.Running) with { Step = 60, BeganAt = 40, Started = start }),
                Cell(new CellState()),
                Cell(new CellState(CellStatus.Failed) with { Step = 5 }),
            ],
            start + TimeSpan.FromSeconds(10));

        // 160 of 300 steps, two a second.
        Assert.Equal((4, 1, 1), (progress.Cells, progress.Count(CellStatus.Done), progress.Count(CellStatus.Failed)));
        Assert.Equal(160.0 / 300, progress.Fraction, 1e-9);
        Assert.Equal(TimeSpan.FromSeconds(70), progress.Left);
        Assert.Null(GridProgress.Of([Cell(new CellState())], start).Left);
    }
}

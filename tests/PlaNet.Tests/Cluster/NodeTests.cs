using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Stores;
using PlaNet.Runs;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Common;

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
    public void The_time_left_is_estimated_from_the_running_cells()
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        CellRow Cell(CellState state) => new(new CellKey("G", "c"), 100, state, start + TimeSpan.FromSeconds(10));
        var progress = GridProgress.Of(
            [
                Cell(new CellState(CellStatus.Done) with { Step = 100 }),
                Cell(new CellState(CellStatus.Running) with { Step = 60, StepAtClaim = 40, Started = start }),
                Cell(new CellState()),
                Cell(new CellState(CellStatus.Failed) with { Step = 5 }),
            ]);

        // 160 of 300 steps, two a second.
        Assert.Equal((4, 1, 1), (progress.Cells, progress.Count(CellStatus.Done), progress.Count(CellStatus.Failed)));
        Assert.Equal(160.0 / 300, progress.Fraction, 1e-9);
        Assert.Equal(TimeSpan.FromSeconds(70), progress.Left);
        Assert.Null(GridProgress.Of([Cell(new CellState())]).Left);
    }

    [Theory]
    [InlineData(1, "planet: no space", "the loss is not finite", "the loss is not finite")]
    [InlineData(1, "planet: no space", null, "planet: no space")]
    [InlineData(2, "planet: experiment.json is damaged", "the loss is not finite", "planet: experiment.json is damaged")]
    [InlineData(2, "", "the disk is full", "the disk is full")]
    [InlineData(137, "", null, "the run's process was killed by signal 9")]
    [InlineData(
        134, "free(): invalid pointer", "the loss is not finite",
        "the run's process was killed by signal 6; last lines of its standard error: free(): invalid pointer")]
    [InlineData(3, "", null, "the run's process ended with exit code 3")]
    public void The_reason_of_a_failure_comes_from_the_last_attempt(int code, string standardError, string? recorded, string reason) =>
        Assert.Equal(reason, ExitReason.Of(code, standardError, recorded));

    [Fact]
    public void The_step_of_a_run_is_read_from_whole_lines_only()
    {
        using var folder = new TemporaryFolder();
        var run = new RunFolder(folder.Path);
        Assert.Null(RunFiles.Step(run));
        File.WriteAllText(run.MetricsFile, "{\"step\":0,\"schedule_step\":1}\n{\"step\":1,\"schedule_step\":2}\n{\"step\":2,\"sched");
        Assert.Equal(2, RunFiles.Step(run));
        File.WriteAllText(run.MetricsFile, "{\"step\":2,\"sched");
        Assert.Null(RunFiles.Step(run));
    }

    [Fact]
    public async Task A_run_that_does_not_stop_in_time_is_killed_and_released_without_a_failure()
    {
        using var folder = new TemporaryFolder();
        using var store = GridStores.Open(folder["store"], TimeProvider.System);
        store.Add("G", [new NewCell("run/0-x", "{}", 0, 10)]);

        // A program that ignores its input and its stop request.
        File.WriteAllText(folder["sleep.sh"], "exec sleep 300\n");
        using var interrupt = new CancellationTokenSource();
        var happened = new List<NodeEvent>();
        var options = new NodeOptions
        {
            Runs = folder["runs"],
            Program = ["/bin/sh", folder["sleep.sh"]],
            Heartbeat = TimeSpan.FromSeconds(0.1),
            StopTimeout = TimeSpan.FromSeconds(0.1),
        };
        var start = ClusterConfig.Of(
            HoconSettings.Default,
            new ClusterNode
            {
                Listen = ClusterEndpoint.ParseListen("127.0.0.1:0"),
                Roles = [GridNode.CoordinatorRole, GridNode.WorkerRole],
                SelectablePaths = GridNode.Paths,
            });
        var parts = new GridNodeParts
        {
            Worker = options,
            OpenStore = () => GridStores.Open(folder["store"], TimeProvider.System),
            Watch = what =>
            {
                happened.Add(what);
                if (what is RunBegun)
                {
                    interrupt.Cancel();
                }
            },
        };
        var node = GridNode.Start(parts, HoconSettings.Default, start, _ => { });
        Assert.Equal(NodeEnd.Stopped, await node.WorkAsync(interrupt.Token).WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(NodeEnd.Stopped, await node.EndAsync().WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Contains(happened, what => what is RunReleased);
        var state = Assert.Single(store.List()).State;
        Assert.Equal((CellStatus.Queued, 0, ""), (state.Status, state.Failures, state.Reason));
    }
}

using System.Net;
using System.Net.Sockets;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Cluster.Security;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cluster.Status;

/// <summary>Real nodes on the loopback interface, and a client that never joins them.</summary>
public sealed class ClusterClientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_client_that_never_joins_reads_nodes_and_changes_cells()
    {
        var token = TestContext.Current.CancellationToken;
        var first = await Started("first", [], GridNode.CoordinatorRole, GridNode.WorkerRole);
        var second = await Started("second", [ClusterEndpoint.Parse(first.Address)], GridNode.WorkerRole);
        try
        {
            await using var client = await Connected(second.Address);
            NewCell[] cells = [.. Enumerable.Range(0, 2500).Select(index => new NewCell($"run/{index}", "{}", 0, 40))];
            Assert.Equal(cells.Length, await client.Grid.AddAsync("G", cells, token));
            var rows = await client.Grid.ListAsync("G", token);
            Assert.Equal(cells.Select(cell => cell.Name), rows.Select(row => row.Key.Name));
            Assert.True(await client.Grid.ChangeAsync(rows[1].Key, CellChange.Pause, token));
            Assert.False(await client.Grid.ChangeAsync(rows[1].Key, CellChange.Pause, token));
            Assert.Equal(CellStatus.Paused, Assert.Single(await client.Grid.HistoryAsync(rows[1].Key, token)).Status);

            var seen = await client.AskClusterAsync(token);
            Assert.Equal([first.Address, second.Address], seen.Members.Select(member => member.Address));
            Assert.Equal(["coordinator worker", "worker"], seen.Members.Select(member => string.Join(' ', member.Roles)));
            Assert.All(seen.Members, member => Assert.True(member.State is MemberState.Up or MemberState.Joining));
            Assert.Equal(["first", "second"], seen.Members.Select(member => member.Node?.Worker?.Owner));
            Assert.All(seen.Members, member =>
            {
                Assert.Equal((member.Address, 3, 0L), (member.Node!.Address, member.Node.Worker!.Slots, member.Node.Restarts));
                Assert.Empty(member.Node.Worker.Cells);
                Assert.Null(member.Node.Collector);
                Assert.InRange(member.Node.Up, TimeSpan.Zero, TestNode.Deadline);
            });
        }
        finally
        {
            await second.EndAsync();
            await first.EndAsync();
        }
    }

    [Fact]
    public async Task An_unreachable_address_is_refused_with_a_remedy()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = listener.LocalEndpoint.ToString()!;
        listener.Stop();
        var refusal = await Assert.ThrowsAsync<ClusterException>(() => Connected(address));
        Assert.StartsWith($"{address} cannot be reached: ", refusal.Message);
        Assert.Contains("planet grid", refusal.Message);
    }

    private static Task<ClusterClient> Connected(string address)
    {
        var endpoint = ClusterEndpoint.Parse(address);
        var start = ClusterConfig.Of(
            HoconSettings.Default,
            new ClusterNode { Listen = ClusterEndpoint.ParseListen("127.0.0.1:0"), ContactPoint = endpoint });
        return ClusterClient.ConnectAsync(start, endpoint, _ => { }, TestContext.Current.CancellationToken);
    }

    // A node whose worker has had an answer of the coordinator, and asks for cells of a grid that does not exist.
    private async Task<GridNode> Started(string owner, ClusterEndpoint[] seeds, params string[] roles)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var parts = new GridNodeParts
        {
            Worker = new NodeOptions
            {
                Runs = _folder["runs"],
                Program = ["false"],
                Owner = owner,
                Workers = 3,
                Grid = "none",
                Heartbeat = TimeSpan.FromSeconds(0.5),
            },
            OpenStore = seeds.Length > 0 ? null : () => GridStores.Open(_folder["ledger"], TimeProvider.System),
            Watch = happened =>
            {
                if (happened is ProgressUpdated)
                {
                    answered.TrySetResult();
                }
            },
        };
        var node = GridNode.Start(
            parts,
            HoconSettings.Default,
            ClusterConfig.Of(
                HoconSettings.Default,
                new ClusterNode
                {
                    Listen = ClusterEndpoint.ParseListen("127.0.0.1:0"),
                    Seeds = seeds,
                    Roles = roles,
                    SelectablePaths = GridNode.Paths
                }),
            _ => { });
        await answered.Task.WaitAsync(TestNode.Deadline);
        return node;
    }
}

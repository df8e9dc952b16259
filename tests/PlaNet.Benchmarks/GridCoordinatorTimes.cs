using System.Diagnostics;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Stores;
using PlaNet.Runs.Settings;

namespace PlaNet.Benchmarks;

/// <summary>
/// Latencies of a grid coordinator whose ledger on disk has 10,000 cells: listing all cells, and claims of 8 workers, each on a node of its
/// own that connects over the loopback interface. All nodes share this process and its cores.
/// </summary>
internal static class GridCoordinatorTimes
{
    private const int Cells = 10_000;
    private const int Lists = 11;
    private const int ClaimsEach = 50;
    private const int Workers = 8;

    // Typical size of the canonical JSON of an experiment.
    private const int ExperimentBytes = 4000;

    private static readonly NewCell[] s_cells =
    [
        .. Enumerable.Range(0, Cells).Select(cell =>
            new NewCell($"some_experiment/{cell}-0123456789", new string('x', ExperimentBytes), (ulong)cell, 1000)),
    ];

    /// <summary>Prints the table: <c>coordinator</c>.</summary>
    /// <param name="output">Receives the table.</param>
    public static async Task RunAsync(TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("planet-bench-").FullName;
        var nodes = new List<GridNode>();
        try
        {
            nodes.Add(await StartAsync(folder, null).ConfigureAwait(false));
            for (var worker = 0; worker < Workers; worker++)
            {
                nodes.Add(await StartAsync(folder, nodes[0].Address).ConfigureAwait(false));
            }

            var start = Stopwatch.GetTimestamp();
            await nodes[1].Grid.AddAsync("G", s_cells, CancellationToken.None).ConfigureAwait(false);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            await output.WriteLineAsync($"{Cells} cells added in {seconds:F1} s").ConfigureAwait(false);
            TimeTable.Begin(output);
            await PrintAsync($"list of {Cells} cells", [nodes[1]], Lists, ListAsync, output).ConfigureAwait(false);
            await PrintAsync("list from outside, new connection", [nodes[1]], Lists, ConnectAndListAsync, output).ConfigureAwait(false);
            await PrintAsync("claim of one worker", nodes[1..2], ClaimsEach, ClaimAsync, output).ConfigureAwait(false);
            await PrintAsync($"claim of {Workers} workers at once", nodes[1..], ClaimsEach, ClaimAsync, output).ConfigureAwait(false);
        }
        finally
        {
            foreach (var node in nodes.AsEnumerable().Reverse())
            {
                await node.EndAsync().ConfigureAwait(false);
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> ListAsync(GridNode node, int worker) =>
        (await node.Grid.ListAsync("G", CancellationToken.None).ConfigureAwait(false)).Count == Cells;

    private static async Task<bool> ConnectAndListAsync(GridNode node, int worker)
    {
        var endpoint = ClusterEndpoint.Parse(node.Address);
        var options = new ClusterNode { Listen = ClusterEndpoint.ParseListen("127.0.0.1:0"), ContactPoint = endpoint };
        var start = ClusterConfig.Of(HoconSettings.Default, options);
        var client = await ClusterClient.ConnectAsync(start, endpoint, _ => { }, CancellationToken.None).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            return (await client.Grid.ListAsync("G", CancellationToken.None).ConfigureAwait(false)).Count == Cells;
        }
    }

    private static async Task<bool> ClaimAsync(GridNode node, int worker)
    {
        var report = new WorkerReport(1, $"worker {worker}", "G", 1, []);
        var orders = await node.Grid.AskAsync<WorkerOrders>(report, CancellationToken.None).ConfigureAwait(false);
        return orders.Granted.Count == 1;
    }

    private static Task PrintAsync(
        string name, IReadOnlyList<GridNode> nodes, int calls, Func<GridNode, int, Task<bool>> call, TextWriter output) =>
        TimeTable.PrintAsync(
            name, () => Task.WhenAll(nodes.Select((node, worker) => Task.Run(() => TimeAsync(node, worker, calls, call)))), output);

    // Returns the milliseconds of each call.
    private static async Task<double[]> TimeAsync(GridNode node, int worker, int calls, Func<GridNode, int, Task<bool>> call)
    {
        var times = new double[calls];
        for (var i = 0; i < calls; i++)
        {
            var start = Stopwatch.GetTimestamp();
            if (!await call(node, worker).ConfigureAwait(false))
            {
                throw new InvalidOperationException($"Call {i} of worker {worker} returned a wrong result.");
            }

            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return times;
    }

    // The worker claims from a grid that does not exist, so that the node only joins the cluster.
    private static async Task<GridNode> StartAsync(string folder, string? seed)
    {
        var joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var parts = new GridNodeParts
        {
            Worker = new NodeOptions
            {
                Runs = folder,
                Program = ["false"],
                Owner = Guid.NewGuid().ToString("N"),
                Grid = "none",
                Heartbeat = TimeSpan.FromSeconds(2),
            },
            OpenStore = seed is null ? () => GridStores.Open(folder, TimeProvider.System) : null,
            Watch = happened =>
            {
                if (happened is ProgressUpdated)
                {
                    joined.TrySetResult();
                }
            },
        };
        var node = GridNode.Start(
            parts,
            HoconSettings.Default,
            ClusterConfig.Of(HoconSettings.Default, new ClusterNode
            {
                Listen = ClusterEndpoint.ParseListen("127.0.0.1:0"),
                Seeds = seed is null ? [] : [ClusterEndpoint.Parse(seed)],
                Roles = seed is null ? [GridNode.CoordinatorRole, GridNode.WorkerRole] : [GridNode.WorkerRole],
                SelectablePaths = GridNode.Paths,
            }),
            _ => { });
        await joined.Task.ConfigureAwait(false);
        return node;
    }
}

using PlaNet.Cli;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Stores;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cluster;

/// <summary>
/// A grid as processes, for tests that disturb them: a command that only coordinates, and nodes that rejoin as new members when the cluster
/// has removed them. Leases are short, and so is the time after which an unreachable member is removed.
/// </summary>
internal sealed class DisturbedGrid : IDisposable
{
    // In seconds; a node waits this long for a coordinator only when a test fails.
    private const string LongestSearch = "600";

    private readonly TemporaryFolder _folder;
    private readonly NetworkNamespaces? _network;
    private readonly string[] _grid;
    private readonly string _listen;
    private readonly PlanetProcess[] _nodes;

    /// <summary>Starts the command and the nodes.</summary>
    /// <param name="folder">The folder of their files; runs go to <c>disturbed</c>.</param>
    /// <param name="network">The machines, one for each process, which then use TLS; null for the loopback address.</param>
    /// <param name="nodes">The number of nodes.</param>
    /// <param name="grid">The options of the grid on the command line.</param>
    /// <param name="store">The address of the store.</param>
    public DisturbedGrid(TemporaryFolder folder, NetworkNamespaces? network, int nodes, string[] grid, string store)
    {
        (_folder, _network) = (folder, network);
        _listen = network is null ? $"127.0.0.1:{FreePort.Take()}" : $"{NetworkNamespaces.Address(0)}:4711";
        _grid = ["grid", .. grid, "--runs", folder["disturbed"], "--store", store, "--workers", "0", "--listen", _listen];
        if (network is not null)
        {
            ClusterCertificates.Create(
                folder["certificates"], [.. Enumerable.Range(0, nodes + 1).Select(NetworkNamespaces.Address)], null, TimeProvider.System);
        }

        Coordinator = StartCoordinator();
        _nodes = [.. Enumerable.Range(0, nodes).Select(StartNode)];
    }

    /// <summary>The command that coordinates.</summary>
    public PlanetProcess Coordinator { get; private set; }

    /// <summary>Kills a node with SIGKILL and starts another one in its place.</summary>
    public async Task KillNode(int node)
    {
        await _nodes[node].Kill();
        Replace(node);
    }

    /// <summary>Sends SIGTERM to a node, waits until it has left, and starts another one in its place.</summary>
    public async Task TerminateNode(int node)
    {
        await _nodes[node].Terminate();
        var (code, output, error) = await _nodes[node].End();
        Assert.True(code is ExitCode.Interrupted or ExitCode.Success, $"{code}: {output}{error}");
        Replace(node);
    }

    /// <summary>Kills the command that coordinates with SIGKILL and starts the same command again.</summary>
    public async Task KillCoordinator()
    {
        await Coordinator.Kill();
        Coordinator.Dispose();
        Coordinator = StartCoordinator();
    }

    public PlanetProcess Node(int node) => _nodes[node];

    /// <summary>The number of the machine that a node is on; the coordinator has number 0.</summary>
    public static int MachineOf(int node) => node + 1;

    /// <summary>A node that runs a cell, and the cell; null when no node runs one.</summary>
    public (int Node, CellRow Run)? FindBusy(IReadOnlyList<CellRow> rows)
    {
        var pairs = from run in rows.Where(WatchedStore.IsRunning)
                    from node in Enumerable.Range(0, _nodes.Length)
                    where run.IsOf(_nodes[node].Id)
                    select (node, run);
        return pairs.Select(pair => ((int, CellRow)?)pair).FirstOrDefault();
    }

    /// <summary>Waits until the grid has ended, at most <paramref name="timeout"/>, and then terminates the remaining nodes.</summary>
    public async Task End(TimeSpan timeout)
    {
        var coordinator = await Coordinator.End(timeout);
        var ends = new List<(int Code, string Output, string Error)> { coordinator };
        foreach (var node in _nodes)
        {
            await node.Terminate();
            ends.Add(await node.End());
        }

        // A node that does not yet know that the grid is done ends as interrupted.
        var all = string.Concat(ends.Select(end => $"ended with {end.Code}: {end.Output}{end.Error}\n"));
        Assert.True(
            coordinator.Code == ExitCode.Success && ends.TrueForAll(end => end.Code is ExitCode.Success or ExitCode.Interrupted), all);
    }

    public void Dispose()
    {
        Coordinator.Dispose();
        Array.ForEach(_nodes, node => node.Dispose());
    }

    private void Replace(int node)
    {
        _nodes[node].Dispose();
        _nodes[node] = StartNode(node);
    }

    private PlanetProcess StartCoordinator() => Start(0, _grid);

    private PlanetProcess StartNode(int node) => Start(MachineOf(node), [
        "node", "--join", _listen, "--runs", _folder["disturbed"], "--workers", "1", "--until-done", "--rejoin", "--wait", LongestSearch,
        .. _network is null ? Array.Empty<string>() : ["--bind", $"{NetworkNamespaces.Address(MachineOf(node))}:0"]]);

    private PlanetProcess Start(int machine, string[] words)
    {
        var certificate = $"{NetworkNamespaces.Address(machine)}.pfx";
        var tls = _network is null
            ? ""
            : $$"""cluster.tls { certificate = "{{_folder["certificates/" + certificate]}}", authority = "{{_folder["certificates/authority.crt"]}}" }""";
        var settings = _folder[$"machine{machine}.conf"];
        File.WriteAllText(
            settings,
            $$"""
            planet {
              progress_seconds = 1
              grid { lease_seconds = 4, heartbeat_seconds = 0.5 }
              {{tls}}
            }
            {{SmallGrid.QuickRemoval}}
            """);
        return PlanetProcess.StartBy(_network?.On(machine) ?? [], words, ("PLANET_CONF", settings));
    }
}

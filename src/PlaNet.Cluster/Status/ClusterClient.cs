using System.Net.Sockets;
using Akka.Actor;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Runs.Actors;

namespace PlaNet.Cluster.Status;

/// <summary>
/// Queries a cluster from outside, through one of its nodes. The client follows the same security rules as a node, but never joins, so that
/// a query does not change the membership.
/// </summary>
public sealed class ClusterClient : IAsyncDisposable
{
    // The node itself waits two seconds for the other nodes, and both programs are slow on a busy machine.
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(15);

    // Only an interrupted connection takes longer, and the process is about to end.
    private static readonly TimeSpan s_shutdownTimeout = TimeSpan.FromSeconds(2);

    private readonly ActorSystem _system;
    private readonly ClusterEndpoint _node;
    private readonly ActorSelection _status;

    private ClusterClient(ActorSystem system, ClusterEndpoint node, bool secure)
    {
        (_system, _node) = (system, node);
        var root = new RootActorPath(node.AddressOf(ClusterConfig.SystemName, secure));
        _status = system.ActorSelection(root / "user" / StatusActor.Name);
        Grid = new GridClient(system.ActorSelection(root / "user" / GridNode.ProxyName));
    }

    /// <summary>The grid coordinator of the cluster.</summary>
    public GridClient Grid { get; }

    /// <summary>Connects to a node of a cluster.</summary>
    /// <param name="start">Configuration of this side: with <see cref="ClusterNode.ContactPoint"/> and without seeds.</param>
    /// <param name="node">Endpoint of the node.</param>
    /// <param name="log">Called with every log line, on any thread. Must not throw.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ClusterException">No cluster node answers there.</exception>
    public static async Task<ClusterClient> ConnectAsync(
        ClusterStart start, ClusterEndpoint node, Action<LogLine> log, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(node);
        await RequireListenerAsync(node, cancellation).ConfigureAwait(false);
        var secure = start.Config.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl");
        var client = new ClusterClient(ActorSystem.Create(ClusterConfig.SystemName, start.Setup.And(AkkaLog.To(log))), node, secure);
        try
        {
            await client.AskAsync<NodeStatus>(new AskNode(), cancellation).ConfigureAwait(false);
            return client;
        }
        catch (AskTimeoutException exception)
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw new ClusterException(
                $"{node} did not answer within {s_timeout.TotalSeconds} s. A cluster node must listen there, "
                + $"{(secure ? "with TLS as here (planet.cluster.tls)" : "without TLS as here")}, and must be able to reach this machine. "
                + "Give the address that `planet grid` or `planet node` printed, and with --bind an address of this machine.",
                exception);
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Status of all nodes of the cluster.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ClusterException">The node does not answer.</exception>
    public async Task<ClusterStatus> AskClusterAsync(CancellationToken cancellation)
    {
        try
        {
            return await AskAsync<ClusterStatus>(new AskCluster(), cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException exception)
        {
            throw new ClusterException(
                $"{_node} did not answer within {s_timeout.TotalSeconds} s, but did before: it has ended or is disconnected. "
                + "Ask another node.",
                exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _system.Terminate().WaitAsync(s_shutdownTimeout, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The process is about to end; its connection ends with it.
        }
    }

    // Akka reports a missing listener only after a while, and without the cause.
    private static async Task RequireListenerAsync(ClusterEndpoint node, CancellationToken cancellation)
    {
        using var connection = new TcpClient();
        try
        {
            var connecting = connection.ConnectAsync(node.Host, node.Port, cancellation).AsTask();
            await connecting.WaitAsync(s_timeout, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException)
        {
            throw new ClusterException(
                $"{node} cannot be reached: {failure.Message.TrimEnd('.')}. Give the address that `planet grid` or `planet node` printed.",
                failure);
        }
    }

    private Task<T> AskAsync<T>(object question, CancellationToken cancellation) => _status.Ask<T>(question, s_timeout, cancellation);
}

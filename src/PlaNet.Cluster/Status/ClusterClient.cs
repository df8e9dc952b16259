using System.Net.Sockets;
using Akka.Actor;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Security;
using PlaNet.Runs.Actors;

namespace PlaNet.Cluster.Status;

/// <summary>
/// Asks a cluster from outside, through one of its nodes. It is held to the same rules of security as a node, but never joins: whoever only
/// looks must not change who takes part.
/// </summary>
public sealed class ClusterClient : IAsyncDisposable
{
    // The node itself waits two seconds for the others, and on a busy machine both programs are slow.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    // What still runs then is a connection that was cut, and the process is about to end.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

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
    /// <param name="start">How this side takes part: with <see cref="ClusterNode.Asks"/> and without seeds.</param>
    /// <param name="node">Where the node listens.</param>
    /// <param name="log">Told every line of the log, on any thread. Must not throw.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ClusterException">No node of a cluster answers there.</exception>
    public static async Task<ClusterClient> ConnectAsync(ClusterStart start, ClusterEndpoint node, Action<LogLine> log, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(node);
        await RequireListenerAsync(node, cancellation).ConfigureAwait(false);
        var secure = start.Config.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl");
        var client = new ClusterClient(ActorSystem.Create(ClusterConfig.SystemName, start.Setup.And(AkkaLog.To(log))), node, secure);
        try
        {
            await client.AskAsync<NodeStanding>(new AskNode(), cancellation).ConfigureAwait(false);
            return client;
        }
        catch (AskTimeoutException exception)
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw new ClusterException(
                $"{node} gave no answer within {s_patience.TotalSeconds} s: a node of a cluster has to listen there, {(secure ? "with TLS as here (planet.cluster.tls)" : "without TLS as here")}, and has to reach this command. Give the address that `planet grid` or `planet node` printed there, and with --bind one of this machine.",
                exception);
        }
        catch
        {
            await client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>How the nodes of the cluster stand.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ClusterException">The node gives no answer.</exception>
    public async Task<ClusterStanding> AskClusterAsync(CancellationToken cancellation)
    {
        try
        {
            return await AskAsync<ClusterStanding>(new AskCluster(), cancellation).ConfigureAwait(false);
        }
        catch (AskTimeoutException exception)
        {
            throw new ClusterException($"{_node} gave no answer within {s_patience.TotalSeconds} s, though it did before: it has ended or is cut off. Ask another node.", exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _system.Terminate().WaitAsync(s_grace, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Abandoned.
        }
    }

    // Akka only says after a while that nobody answers, and not why.
    private static async Task RequireListenerAsync(ClusterEndpoint node, CancellationToken cancellation)
    {
        using var connection = new TcpClient();
        try
        {
            await connection.ConnectAsync(node.Host, node.Port, cancellation).AsTask().WaitAsync(s_patience, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException)
        {
            throw new ClusterException($"{node} cannot be reached: {failure.Message.TrimEnd('.')}. Give the address that `planet grid` or `planet node` printed there.", failure);
        }
    }

    private Task<T> AskAsync<T>(object question, CancellationToken cancellation) => _status.Ask<T>(question, s_patience, cancellation);
}

using PlaNet.Cluster.Security;

namespace PlaNet.Cluster.Nodes;

/// <summary>Addresses, roles and security of one node of a cluster.</summary>
public sealed record ClusterNode
{
    /// <summary>The address to listen on, which other nodes connect to. Must not mean all interfaces.</summary>
    public required ClusterEndpoint Listen { get; init; }

    /// <summary>
    /// Nodes to join; one of them must be alive. Without seeds the caller makes the node join itself, as the first of a new cluster.
    /// Default none.
    /// </summary>
    public IReadOnlyList<ClusterEndpoint> Seeds { get; init; } = [];

    /// <summary>A node that this process sends requests to without joining its cluster; null for none. Default null.</summary>
    public ClusterEndpoint? ContactPoint { get; init; }

    /// <summary>Cluster roles: <c>coordinator</c>, <c>worker</c>, <c>collector</c>. Default none.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>
    /// Paths of actors that other nodes may address by actor selection, such as <c>/user/grid</c>, in addition to those of Akka's cluster
    /// actors. Default none.
    /// </summary>
    public IReadOnlyList<string> SelectablePaths { get; init; } = [];

    /// <summary>
    /// Whether the actor system terminates when the cluster has removed the node. Otherwise its owner has to terminate it. Default true.
    /// </summary>
    public bool EndsWhenRemoved { get; init; } = true;

    /// <summary>The node's certificate; null for connections that are neither encrypted nor authenticated. Default null.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>Whether non-loopback addresses are allowed without <see cref="Tls"/>. Default false.</summary>
    public bool Insecure { get; init; }
}

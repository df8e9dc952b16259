using PlaNet.Cluster.Security;

namespace PlaNet.Cluster.Nodes;

/// <summary>How one node takes part in a cluster.</summary>
public sealed record ClusterNode
{
    /// <summary>Where it listens, and others reach it: not every interface.</summary>
    public required ClusterEndpoint Listen { get; init; }

    /// <summary>Nodes to join, any that are alive. With none the caller makes the node join itself, as the first of a new cluster. Default none.</summary>
    public IReadOnlyList<ClusterEndpoint> Seeds { get; init; } = [];

    /// <summary>A node that this process asks without joining its cluster; null for none. Default null.</summary>
    public ClusterEndpoint? Asks { get; init; }

    /// <summary>What it does: <c>coordinator</c>, <c>worker</c>, <c>collector</c>. Default none.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>
    /// Paths of actors that nodes may send to without a reference, as in <c>/user/grid/singleton</c>, beside those that the cluster itself needs.
    /// Default none.
    /// </summary>
    public IReadOnlyList<string> SelectablePaths { get; init; } = [];

    /// <summary>
    /// Whether its actor system ends when the cluster has removed it. Otherwise whoever owns the system ends it in order. Default true.
    /// </summary>
    public bool EndsWhenRemoved { get; init; } = true;

    /// <summary>Its certificate; null for connections that are neither encrypted nor authenticated. Default null.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>Whether it may be reached by other machines without <see cref="Tls"/>. Default false.</summary>
    public bool Insecure { get; init; }
}

namespace PlaNet.Cluster.Nodes;

/// <summary>Extensions for a node's cluster membership.</summary>
internal static class ClusterMembership
{
    // Leaving takes longer only when a connection was cut.
    private static readonly TimeSpan s_leaveTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The address at which other nodes join, such as <c>127.0.0.1:4711</c>.</summary>
    public static string SelfEndpoint(this Akka.Cluster.Cluster cluster) => $"{cluster.SelfAddress.Host}:{cluster.SelfAddress.Port}";

    /// <summary>Leaves the cluster, waiting up to 5 s. The other nodes then need not wait for their failure detectors.</summary>
    public static async Task LeaveGracefullyAsync(this Akka.Cluster.Cluster cluster)
    {
        try
        {
            await cluster.LeaveAsync().WaitAsync(s_leaveTimeout, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The failure detectors of the other nodes will find this node unreachable.
        }
    }
}

namespace PlaNet.Cluster.Nodes;

/// <summary>What every node does with its membership of a cluster.</summary>
internal static class ClusterMembership
{
    // What takes longer is a connection that was cut.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(5);

    /// <summary>The address at which other nodes join, such as <c>127.0.0.1:4711</c>.</summary>
    /// <param name="cluster">The membership.</param>
    public static string SelfEndpoint(this Akka.Cluster.Cluster cluster) => $"{cluster.SelfAddress.Host}:{cluster.SelfAddress.Port}";

    /// <summary>Leaves, so that whoever stays knows at once that this node is gone for good.</summary>
    /// <param name="cluster">The membership.</param>
    public static async Task LeaveInOrderAsync(this Akka.Cluster.Cluster cluster)
    {
        try
        {
            await cluster.LeaveAsync().WaitAsync(s_grace, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The others notice that it is gone.
        }
    }
}

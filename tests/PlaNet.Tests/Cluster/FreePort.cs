using System.Net;
using System.Net.Sockets;

namespace PlaNet.Tests.Cluster;

/// <summary>Finds a port of the loopback address for a process that has to be reached at the same one when it is started again.</summary>
internal static class FreePort
{
    /// <summary>A port that nobody has at the moment.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Net;
using System.Net.Sockets;

namespace PlaNet.Tests.Cluster;

/// <summary>Finds a loopback port for a process that has to listen on the same port after a restart.</summary>
internal static class FreePort
{
    /// <summary>A port that is free at the moment.</summary>
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Net;
using System.Net.Sockets;
using PlaNet.Cluster.Security;

namespace PlaNet.Cli;

/// <summary>Finds the address of this machine on the network that leads to another machine.</summary>
internal static class OwnAddress
{
    /// <summary>This machine's address on the route to another one, with port 0 for any free port. Sends nothing.</summary>
    /// <param name="other">The address of the other machine.</param>
    /// <returns>An address for <see cref="ClusterEndpoint.ParseListen"/>.</returns>
    /// <exception cref="ClusterException">The other machine's name is unknown, or there is no route to it.</exception>
    public static string Toward(ClusterEndpoint other)
    {
        try
        {
            using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(other.Host, other.Port);
            var own = ((IPEndPoint)socket.LocalEndPoint!).Address;
            own = own.IsIPv4MappedToIPv6 ? own.MapToIPv4() : own;
            return own.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{own}]:0" : $"{own}:0";
        }
        catch (SocketException exception)
        {
            throw new ClusterException(
                $"{other} cannot be reached from this machine: {exception.Message.TrimEnd('.')}. "
                + "Give the address under which other machines reach the node.",
                exception);
        }
    }
}

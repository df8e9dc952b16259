using System.Net;
using System.Net.Sockets;
using PlaNet.Cluster.Security;

namespace PlaNet.Cli;

/// <summary>Finds the address by which this machine is reached.</summary>
internal static class OwnAddress
{
    /// <summary>A free port of the address by which another machine reaches this one; nothing is sent to it.</summary>
    /// <param name="other">Where the other machine listens.</param>
    /// <returns>An address for <see cref="ClusterEndpoint.ParseListen"/>.</returns>
    /// <exception cref="ClusterException">The other machine's name is unknown, or no way leads to it.</exception>
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
                $"{other} cannot be reached from this machine: {exception.Message.TrimEnd('.')}. Give the address of a node as others reach it.", exception);
        }
    }
}

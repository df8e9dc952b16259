using System.Net;
using System.Net.Sockets;
using PlaNet.Cluster.Security;

namespace PlaNet.Cli;

/// <summary>
/// Checks the host name of a listening address. Debian's installer maps a machine's own name to 127.0.1.1: a node that listened there would
/// start without an error, and no other machine could connect to it.
/// </summary>
public static class ListenHost
{
    /// <summary>Refuses a host name that does not resolve, or resolves only to loopback addresses.</summary>
    /// <param name="endpoint">The listening address.</param>
    /// <param name="resolve">Resolves a host name to addresses.</param>
    /// <exception cref="UnusableInputException">The host name does not resolve, or only to loopback addresses.</exception>
    public static void Require(ClusterEndpoint endpoint, Func<string, IPAddress[]> resolve)
    {
        if (endpoint.IsLoopback || IPAddress.TryParse(endpoint.Host, out _))
        {
            return;
        }

        const string Remedy = "Give the address under which other machines reach this one, or correct /etc/hosts";
        IPAddress[] addresses;
        try
        {
            addresses = resolve(endpoint.Host);
        }
        catch (SocketException failure)
        {
            throw new UnusableInputException($"{endpoint}: the host name {endpoint.Host} is unknown on this machine. {Remedy}.", failure);
        }

        if (Array.TrueForAll(addresses, IPAddress.IsLoopback))
        {
            throw new UnusableInputException(
                $"{endpoint}: {endpoint.Host} is {string.Join(", ", addresses.AsEnumerable())} on this machine, "
                + $"but other machines must be able to reach the address. {Remedy}.");
        }
    }
}

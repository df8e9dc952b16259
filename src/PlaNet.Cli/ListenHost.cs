using System.Net;
using System.Net.Sockets;
using PlaNet.Cluster.Security;

namespace PlaNet.Cli;

/// <summary>
/// What a name means on the machine that listens at it. Debian's installer has a machine's own name mean 127.0.1.1: a node that listened there
/// would be reached by nobody, and nothing would say so.
/// </summary>
public static class ListenHost
{
    /// <summary>Refuses a name that others are told and that this machine does not listen at for them.</summary>
    /// <param name="endpoint">Where the node is to listen.</param>
    /// <param name="resolve">The addresses that a name means on this machine.</param>
    /// <exception cref="UnusableInputException">The name means nothing here, or this machine only.</exception>
    public static void Require(ClusterEndpoint endpoint, Func<string, IPAddress[]> resolve)
    {
        if (endpoint.IsLoopback || IPAddress.TryParse(endpoint.Host, out _))
        {
            return;
        }

        const string Remedy = "Give the address by which others reach this machine, or correct /etc/hosts";
        IPAddress[] addresses;
        try
        {
            addresses = resolve(endpoint.Host);
        }
        catch (SocketException failure)
        {
            throw new UnusableInputException($"{endpoint}: this machine knows no {endpoint.Host}, so that it cannot listen there. {Remedy}.", failure);
        }

        if (Array.TrueForAll(addresses, IPAddress.IsLoopback))
        {
            throw new UnusableInputException(
                $"{endpoint}: {endpoint.Host} means {string.Join(", ", addresses.AsEnumerable())} on this machine, where no other machine reaches it. {Remedy}.");
        }
    }
}

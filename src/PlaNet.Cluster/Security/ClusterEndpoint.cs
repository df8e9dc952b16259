using Akka.Actor;
using PlaNet.Common;

namespace PlaNet.Cluster.Security;

/// <summary>
/// Endpoint of a node, a host and a port: <c>node1:4053</c>, <c>10.0.0.5:4053</c> or <c>[fd00::1]:4053</c>.
/// </summary>
public sealed record ClusterEndpoint
{
    private readonly Endpoint _endpoint;

    private ClusterEndpoint(Endpoint endpoint)
    {
        _endpoint = endpoint;
    }

    /// <inheritdoc cref="Endpoint.Host"/>
    public string Host => _endpoint.Host;

    /// <inheritdoc cref="Endpoint.Port"/>
    public int Port => _endpoint.Port;

    /// <inheritdoc cref="Endpoint.IsLoopback"/>
    public bool IsLoopback => _endpoint.IsLoopback;

    /// <inheritdoc cref="Endpoint.IsEveryInterface"/>
    public bool IsEveryInterface => _endpoint.IsEveryInterface;

    /// <summary>Reads the endpoint of another node.</summary>
    /// <param name="text"><c>HOST:PORT</c>, with an IPv6 address in brackets and a port from 1 to 65535.</param>
    /// <exception cref="ClusterException">The text is invalid; the message has the cause and the format.</exception>
    public static ClusterEndpoint Parse(string text) => Read(Endpoint.Parse, text);

    /// <summary>Reads the endpoint on which a node of this machine listens.</summary>
    /// <param name="text"><c>ADDRESS:PORT</c>, as for <see cref="Parse(string)"/>; the port 0 takes a free one.</param>
    /// <exception cref="ClusterException">The text is invalid; the message has the cause and the format.</exception>
    public static ClusterEndpoint ParseListen(string text) => Read(Endpoint.ParseListen, text);

    /// <summary>The Akka address of the actor system at this endpoint.</summary>
    /// <param name="system">Name of the actor system.</param>
    /// <param name="tls">Whether nodes use TLS. It is part of the address: a node does not answer under another protocol.</param>
    public Address AddressOf(string system, bool tls) => new(tls ? "akka.ssl.tcp" : "akka.tcp", system, _endpoint.BracketedHost, Port);

    /// <summary>The text that <see cref="Parse(string)"/> reads.</summary>
    public override string ToString() => _endpoint.ToString();

    private static ClusterEndpoint Read(Func<string, Endpoint> read, string text)
    {
        try
        {
            return new ClusterEndpoint(read(text));
        }
        catch (FormatException failure)
        {
            throw new ClusterException(failure.Message, failure);
        }
    }
}

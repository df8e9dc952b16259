using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;

namespace PlaNet.Cluster.Security;

/// <summary>Where a node listens or is reached: a host and a port, as in <c>node1:4053</c>, <c>10.0.0.5:4053</c> or <c>[fd00::1]:4053</c>.</summary>
public sealed record ClusterEndpoint
{
    private ClusterEndpoint(string host, int port)
    {
        Host = host;
        Port = port;
    }

    /// <summary>A name in lower case, an IPv4 address, or an IPv6 address in its shortest form and without brackets.</summary>
    public string Host { get; }

    /// <summary>From 1 to 65535; 0 lets the system choose a free one, where a node listens.</summary>
    public int Port { get; }

    /// <summary>
    /// Whether only this machine can reach it: an address of the loopback interface, or the name <c>localhost</c>. Other names are not
    /// resolved and count as reachable.
    /// </summary>
    public bool IsLoopback => IPAddress.TryParse(Host, out var address) ? IPAddress.IsLoopback(address) : Host == "localhost";

    /// <summary>Whether it stands for every interface of the machine (<c>0.0.0.0</c>, <c>[::]</c>), so that nobody can be told to reach it.</summary>
    public bool IsEveryInterface => IPAddress.TryParse(Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    /// <summary>Reads the place of another node.</summary>
    /// <param name="text"><c>HOST:PORT</c>, with an IPv6 address in brackets and a port from 1 to 65535.</param>
    /// <exception cref="ClusterException">It is none: the message says why, and what to write.</exception>
    public static ClusterEndpoint Parse(string text)
    {
        var endpoint = Parse(text, lowestPort: 1);
        return endpoint.IsEveryInterface
            ? throw new ClusterException($"\"{text}\" stands for every interface of a machine, and nobody can connect to it. Name one address of that machine.")
            : endpoint;
    }

    /// <summary>Reads where a node of this machine is to listen.</summary>
    /// <param name="text"><c>ADDRESS:PORT</c>, as for <see cref="Parse(string)"/>; the port 0 takes a free one.</param>
    /// <exception cref="ClusterException">It is none: the message says why, and what to write.</exception>
    public static ClusterEndpoint ParseListen(string text) => Parse(text, lowestPort: 0);

    /// <summary>The address of the actor system there.</summary>
    /// <param name="system">The system's name.</param>
    /// <param name="tls">Whether nodes speak TLS: it is part of the address, and a node that is addressed otherwise never answers.</param>
    public Address AddressOf(string system, bool tls) => new(tls ? "akka.ssl.tcp" : "akka.tcp", system, Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host, Port);

    /// <summary>The text that <see cref="Parse(string)"/> reads.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    /// <summary>A host as it is compared; null for what is neither a name nor an address.</summary>
    /// <param name="text">A name or an address, IPv6 without brackets.</param>
    internal static string? NormalHost(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            // A scope means something on one machine only.
            return !text.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
                ? address.ToString()
                : null;
        }

        // Shorter forms of IPv4 addresses would be read in different ways.
        if (text.All(letter => char.IsAsciiDigit(letter) || letter == '.'))
        {
            return IPAddress.TryParse(text, out var address) && address.ToString() == text ? text : null;
        }

        var labels = text.Split('.');
        return text.Length <= 253
            && Array.TrueForAll(labels, label => label.Length is >= 1 and <= 63
                && label.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
                && label[0] != '-' && label[^1] != '-')
            ? text.ToLowerInvariant()
            : null;
    }

    private static ClusterEndpoint Parse(string text, int lowestPort)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Form = "Write HOST:PORT, as in node1:4053, 10.0.0.5:4053 or [fd00::1]:4053.";
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (colon < 0 || text.EndsWith(']'))
        {
            throw new ClusterException($"\"{text}\" names no port. {Form}");
        }

        if (!bracketed && host.Contains(':', StringComparison.Ordinal))
        {
            throw new ClusterException($"\"{text}\" cannot be told apart into address and port: an IPv6 address stands in brackets. {Form}");
        }

        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port < lowestPort || port > 65535)
        {
            throw new ClusterException($"\"{text}\" has the port \"{text[(colon + 1)..]}\", which must be from {lowestPort} to 65535. {Form}");
        }

        var bare = bracketed ? host[1..^1] : host;
        return NormalHost(bare) is { } normal && bracketed == normal.Contains(':', StringComparison.Ordinal)
            ? new ClusterEndpoint(normal, port)
            : throw new ClusterException($"\"{text}\" has the host \"{host}\", which is neither a name nor an address. {Form}");
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PlaNet.Common;

/// <summary>A host and a port: <c>node1:4053</c>, <c>10.0.0.5:4053</c> or <c>[fd00::1]:4053</c>.</summary>
public sealed record Endpoint
{
    private Endpoint(string host, int port)
    {
        Host = host;
        Port = port;
    }

    /// <summary>A lower-case name, an IPv4 address, or an IPv6 address in its shortest form and without brackets.</summary>
    public string Host { get; }

    /// <summary>From 1 to 65535; to listen also 0, which takes a free port.</summary>
    public int Port { get; }

    /// <summary>
    /// Whether only this machine can reach it: a loopback address, or the name <c>localhost</c>. Other names are not resolved and count as
    /// reachable.
    /// </summary>
    public bool IsLoopback => IPAddress.TryParse(Host, out var address) ? IPAddress.IsLoopback(address) : Host == "localhost";

    /// <summary>
    /// Whether the address means every interface of the machine (<c>0.0.0.0</c>, <c>[::]</c>). Others cannot connect to it.
    /// </summary>
    public bool IsEveryInterface =>
        IPAddress.TryParse(Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    /// <summary>The host as part of an address: IPv6 in brackets.</summary>
    public string BracketedHost => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;

    /// <summary>Reads an endpoint to connect to.</summary>
    /// <param name="text"><c>HOST:PORT</c>, with an IPv6 address in brackets and a port from 1 to 65535.</param>
    /// <exception cref="FormatException">The text is invalid; the message has the cause and the format.</exception>
    public static Endpoint Parse(string text)
    {
        var endpoint = Parse(text, lowestPort: 1);
        return endpoint.IsEveryInterface
            ? throw new FormatException(
                $"\"{text}\" means every interface of a machine, which others cannot connect to. Name one address of that machine.")
            : endpoint;
    }

    /// <summary>Reads an endpoint of this machine to listen on.</summary>
    /// <param name="text"><c>ADDRESS:PORT</c>, as for <see cref="Parse(string)"/>; the port 0 takes a free one.</param>
    /// <exception cref="FormatException">The text is invalid; the message has the cause and the format.</exception>
    public static Endpoint ParseListen(string text) => Parse(text, lowestPort: 0);

    /// <summary>The text that <see cref="Parse(string)"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{BracketedHost}:{Port}");

    /// <summary>The normal form of a host, for comparison; null if the text is neither a name nor an address.</summary>
    /// <param name="text">A name or an address, IPv6 without brackets.</param>
    public static string? NormalHost(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            // A scope id (after %) is valid on one machine only.
            return !text.Contains('%', StringComparison.Ordinal)
                && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
                ? address.ToString()
                : null;
        }

        // Programs interpret shortened IPv4 addresses differently.
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

    private static Endpoint Parse(string text, int lowestPort)
    {
        ArgumentNullException.ThrowIfNull(text);
        const string Form = "Write HOST:PORT, as in node1:4053, 10.0.0.5:4053 or [fd00::1]:4053.";
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (colon < 0 || text.EndsWith(']'))
        {
            throw new FormatException($"\"{text}\" names no port. {Form}");
        }

        if (!bracketed && host.Contains(':', StringComparison.Ordinal))
        {
            throw new FormatException($"\"{text}\" has a colon in its host, which only an IPv6 address in brackets may have. {Form}");
        }

        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port < lowestPort || port > 65535)
        {
            throw new FormatException(
                $"\"{text}\" has the port \"{text[(colon + 1)..]}\", which must be from {lowestPort} to 65535. {Form}");
        }

        var bare = bracketed ? host[1..^1] : host;
        return NormalHost(bare) is { } normal && bracketed == normal.Contains(':', StringComparison.Ordinal)
            ? new Endpoint(normal, port)
            : throw new FormatException($"\"{text}\" has the host \"{host}\", which is neither a name nor an address. {Form}");
    }
}

using System.Net;
using System.Net.Sockets;
using PlaNet.Common;

namespace PlaNet.Cli.Web;

/// <summary>Where a page is served, and to whom.</summary>
/// <param name="Address">Address of the interface; <see cref="IPAddress.Any"/> for all of them.</param>
/// <param name="Port">Port, from 0 to 65535; 0 for a free one.</param>
/// <param name="Name">Host name or address under which the page is printed and reached.</param>
/// <param name="Token">Secret that every request must carry; null for none, which is possible on the loopback interface only.</param>
public sealed record WebBinding(IPAddress Address, int Port, string Name, string? Token)
{
    /// <summary>Fewest characters of a token.</summary>
    public const int ShortestToken = 16;

    /// <summary>The loopback interface, without a token.</summary>
    /// <param name="port">Port, from 0 to 65535; 0 for a free one.</param>
    public static WebBinding Loopback(int port) => new(IPAddress.Loopback, port, "127.0.0.1", null);

    /// <summary>Reads the options of a verb.</summary>
    /// <param name="host">Address or host name to listen on; null for the loopback interface.</param>
    /// <param name="port">Port, from 0 to 65535; 0 for a free one.</param>
    /// <param name="tokenFile">File with the token, created with a random one if it is missing; null for none.</param>
    /// <exception cref="UnusableInputException">
    /// The port is out of range, the host is unknown, another interface than the loopback one has no token, or the token is too short.
    /// </exception>
    public static WebBinding Of(string? host, int port, string? tokenFile)
    {
        if (port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new UnusableInputException(
                $"--port {port}: must be from 0 to {IPEndPoint.MaxPort}. Give such a number; 0 takes a free port.");
        }

        var address = host is null ? IPAddress.Loopback : Resolve(host);
        if (tokenFile is null && !IPAddress.IsLoopback(address))
        {
            throw new UnusableInputException(
                $"--bind {OneLine.Of(host!)}: other machines could read the runs. Give --token-file FILE as well, "
                + "which is created with a random token if it is missing, or leave --bind out.");
        }

        // Nobody can open the address that stands for every interface.
        var name = IsEvery(address) ? Dns.GetHostName() : host ?? "127.0.0.1";
        return new WebBinding(address, port, name, tokenFile is null ? null : ReadToken(tokenFile));
    }

    /// <summary>Whether a request may name this host: not one that another site resolves to this address.</summary>
    /// <param name="host">Host of the request's <c>Host</c> header, without the port.</param>
    public bool Accepts(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var isAddress = IPAddress.TryParse(host.Trim('[', ']'), out var named);
        return Same(host, Name)
            || Same(host, "localhost")
            || (isAddress && (IPAddress.IsLoopback(named!) || named!.Equals(Address)))
            || (isAddress && IsEvery(Address));
    }

    private static bool IsEvery(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool Same(string host, string name) => string.Equals(host, name, StringComparison.OrdinalIgnoreCase);

    private static IPAddress Resolve(string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return address;
        }

        try
        {
            return Uri.CheckHostName(host) is UriHostNameType.Dns
                ? Dns.GetHostAddresses(host)[0]
                : throw new UnusableInputException(
                    $"--bind {OneLine.Of(host)}: is not an address or a host name. Give one of this machine, such as 0.0.0.0.");
        }
        catch (SocketException failure)
        {
            throw new UnusableInputException(
                $"--bind {OneLine.Of(host)}: the host name is unknown on this machine. Give an address of this machine.", failure);
        }
    }

    private static string ReadToken(string path)
    {
        string token;
        try
        {
            if (!File.Exists(path))
            {
                var random = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(20));
                AtomicFile.WritePrivate(path, System.Text.Encoding.ASCII.GetBytes(random + "\n"), replace: false);
            }

            token = File.ReadLines(path).FirstOrDefault("").Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UnusableInputException(
                $"--token-file {OneLine.Of(path)}: cannot be used: {OneLine.Of(failure.Message.Split(" (Parameter")[0])} "
                + "Give a file that you may write.",
                failure);
        }

        return token.Length >= ShortestToken && token.All(char.IsAsciiLetterOrDigit)
            ? token
            : throw new UnusableInputException(
                $"--token-file {OneLine.Of(path)}: its first line must be at least {ShortestToken} letters and digits. "
                + "Write such a token into it, or give a file that does not exist, which is created with a random one.");
    }
}

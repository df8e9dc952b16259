using PlaNet.Common;

namespace PlaNet.Environments.Processes;

/// <summary>The address at which the program of an environment listens, and its timeouts.</summary>
public sealed record RemoteOptions
{
    private RemoteOptions(Endpoint endpoint, MachineCertificates? certificates)
    {
        Endpoint = endpoint;
        Certificates = certificates;
    }

    /// <summary>Where the program listens.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>For mutual TLS with the program; null for a connection without TLS within this machine.</summary>
    public MachineCertificates? Certificates { get; }

    /// <summary>Longest time to connect, and then to the first line. Default 60 seconds.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time to answer one reset or step. Default 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads an address.</summary>
    /// <param name="address"><c>HOST:PORT</c>, with an IPv6 address in brackets.</param>
    /// <param name="certificates">
    /// Certificates for TLS, which are then required of the program too; null for none, which only an address of this machine may have.
    /// </param>
    /// <exception cref="ArgumentException">The address is invalid, or of another machine without certificates.</exception>
    public static RemoteOptions To(string address, MachineCertificates? certificates)
    {
        Endpoint endpoint;
        try
        {
            endpoint = Endpoint.Parse(address);
        }
        catch (FormatException failure)
        {
            throw new ArgumentException(failure.Message, failure);
        }

        return certificates is not null || endpoint.IsLoopback
            ? new RemoteOptions(endpoint, certificates)
            : throw new ArgumentException(
                $"{endpoint} is not of this machine alone: another machine is reached only with TLS. Make certificates with "
                + "`planet cluster certificates`, and name them in planet.cluster.tls of hocon/planet.conf.");
    }

    /// <summary>The address, for error messages.</summary>
    public override string ToString() => Endpoint.ToString();
}

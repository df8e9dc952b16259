using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using PlaNet.Common;
using PlaNet.Runs.Settings;

namespace PlaNet.Cluster.Security;

/// <summary>
/// The <see cref="MachineCertificates"/> of a node, for Akka's transport. Dispose this object after the actor system has ended.
/// </summary>
public sealed class ClusterTls : IDisposable
{
    private readonly MachineCertificates _certificates;

    private ClusterTls(MachineCertificates certificates)
    {
        _certificates = certificates;
    }

    /// <summary>This machine's certificate, with its private key.</summary>
    public X509Certificate2 Certificate => _certificates.Certificate;

    /// <summary>TLS set-up of Akka's transport.</summary>
    internal DotNettySslSetup Setup => new(
        Certificate,
        suppressValidation: false,
        requireMutualAuthentication: true,
        validateCertificateHostname: true,
        customValidator: Accepts);

    /// <summary>Reads the files named in the settings.</summary>
    /// <returns>Null if the settings name no certificate.</returns>
    /// <exception cref="ClusterException">
    /// A file cannot be read, the certificate has no private key or is not valid now, or the authority has not signed it.
    /// </exception>
    public static ClusterTls? Load(TlsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        try
        {
            return settings.Load() is { } certificates ? new ClusterTls(certificates) : null;
        }
        catch (CryptographicException failure)
        {
            throw new ClusterException(failure.Message, failure);
        }
    }

    /// <inheritdoc cref="MachineCertificates.Covers"/>
    public bool Covers(string host) => _certificates.Covers(host);

    /// <inheritdoc />
    public void Dispose() => _certificates.Dispose();

    // Called in the handshake of each connection. A client gets the address of the server as peer, a server the socket of the client.
    private bool Accepts(X509Certificate2? certificate, X509Chain? chain, string peer, SslPolicyErrors errors, ILoggingAdapter log)
    {
        var server = ServerHost(peer);
        var flaw = _certificates.FlawOf(certificate, server, errors);
        if (flaw is not null)
        {
            log.Warning("Refused a connection {0} {1}: {2}.", server is null ? "from" : "to", peer, flaw);
        }

        return flaw is null;
    }

    // A server is given as ssl.tcp://planet@HOST:PORT, a client as the address of its socket.
    private static string? ServerHost(string peer) =>
        peer.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(peer, UriKind.Absolute, out var address)
            ? address.Host.Trim('[', ']')
            : null;
}

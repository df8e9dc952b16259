using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using PlaNet.Runs.Settings;

namespace PlaNet.Cluster.Security;

/// <summary>
/// This machine's certificate and the cluster's authority, with the validation of other nodes' certificates. Both ends of a connection need
/// a certificate signed by the authority, and the server's must be valid for the host that the client connected to. The trusted authorities
/// of the operating system are not used. Dispose this object after the actor system has ended.
/// </summary>
public sealed class ClusterTls : IDisposable
{
    private const string Remedy = "Make it with `planet cluster certificates`, or correct planet.cluster.tls in hocon/planet.conf.";

    private readonly X509Certificate2Collection _authorities;

    private ClusterTls(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        Certificate = certificate;
        _authorities = authorities;
    }

    /// <summary>This machine's certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

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
        if (settings.Certificate.Length == 0)
        {
            return null;
        }

        var password = settings.PasswordFile.Length == 0
            ? null
            : Read("password_file", settings.PasswordFile, path => File.ReadLines(path).FirstOrDefault() ?? "");
        var authorities = Read("authority", settings.Authority, path =>
        {
            var read = new X509Certificate2Collection();
            read.ImportFromPemFile(path);
            return read.Count > 0 ? read : throw new CryptographicException("it holds no certificate in PEM form");
        });
        var certificate = Read("certificate", settings.Certificate, path => X509CertificateLoader.LoadPkcs12FromFile(path, password));
        var tls = new ClusterTls(certificate, authorities);
        var flaw = !certificate.HasPrivateKey
            ? "it holds no private key"
            : tls.FlawOf(certificate, ServerUse) ?? tls.FlawOf(certificate, ClientUse);
        if (flaw is null)
        {
            return tls;
        }

        tls.Dispose();
        throw new ClusterException(
            $"planet.cluster.tls.certificate is {settings.Certificate}, which cannot be used with the authority {settings.Authority}: "
            + $"{flaw}. {Remedy}");
    }

    /// <summary>Whether this machine's certificate is valid for a host, so that clients that connect to that host accept it.</summary>
    /// <param name="host">A name or an address, IPv6 without brackets.</param>
    public bool Covers(string host) => Certificate.MatchesHostname(host, allowWildcards: false, allowCommonName: false);

    /// <inheritdoc />
    public void Dispose()
    {
        Certificate.Dispose();
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private static Oid ServerUse => new("1.3.6.1.5.5.7.3.1");

    private static Oid ClientUse => new("1.3.6.1.5.5.7.3.2");

    private static T Read<T>(string setting, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            var reason = File.Exists(path) ? failure.Message.TrimEnd('.') : "there is no such file";
            throw new ClusterException($"planet.cluster.tls.{setting} is {path}, which cannot be read: {reason}. {Remedy}", failure);
        }
    }

    // Called in the handshake of each connection. A client gets the address of the server as peer, a server the socket of the client.
    private bool Accepts(X509Certificate2? certificate, X509Chain? chain, string peer, SslPolicyErrors errors, ILoggingAdapter log)
    {
        var server = ServerHost(peer);
        var flaw = certificate is null
            ? "it presented no certificate"
            : FlawOf(certificate, server is null ? ClientUse : ServerUse) ?? NameFlaw(certificate, server, errors);
        if (flaw is not null)
        {
            log.Warning("Refused a connection {0} {1}: {2}.", server is null ? "from" : "to", peer, flaw);
        }

        return flaw is null;
    }

    private string? FlawOf(X509Certificate2 certificate, Oid use)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.DisableCertificateDownloads = true;

        // The authority publishes no revocation list. To exclude a machine, make a new authority.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(use);
        if (chain.Build(certificate))
        {
            return null;
        }

        var states = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        return states switch
        {
            X509ChainStatusFlags.NotTimeValid =>
                $"its certificate {certificate.Subject} is valid from {certificate.NotBefore:yyyy-MM-dd} to "
                + $"{certificate.NotAfter:yyyy-MM-dd} only",
            _ => $"its certificate {certificate.Subject} was not signed by the cluster's authority ({states})",
        };
    }

    private static string? NameFlaw(X509Certificate2 certificate, string? server, SslPolicyErrors errors)
    {
        // The mismatch flag of the handshake counts too, so that the name is checked in any case.
        var matches = (server is null || certificate.MatchesHostname(server, allowWildcards: false, allowCommonName: false))
            && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
        return matches ? null : $"its certificate {certificate.Subject} was not made for {server ?? "its host"}";
    }

    // A server is given as ssl.tcp://planet@HOST:PORT, a client as the address of its socket.
    private static string? ServerHost(string peer) =>
        peer.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(peer, UriKind.Absolute, out var address)
            ? address.Host.Trim('[', ']')
            : null;
}

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PlaNet.Common;

/// <summary>
/// This machine's certificate and the authority that signed those of all machines, with the validation of the other end of a connection by
/// mutual TLS: both ends need a certificate signed by the authority, and the server's must be valid for the host that the client connected
/// to. The trusted authorities of the operating system are not used.
/// </summary>
public sealed class MachineCertificates : IDisposable
{
    private const string Remedy = "Make it with `planet cluster certificates`, or correct planet.cluster.tls in hocon/planet.conf.";

    private static readonly Oid s_serverUse = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid s_clientUse = new("1.3.6.1.5.5.7.3.2");

    private MachineCertificates(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        Certificate = certificate;
        Authorities = authorities;
    }

    /// <summary>This machine's certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificates of the authority, at least one.</summary>
    public X509Certificate2Collection Authorities { get; }

    /// <summary>Reads the files that <c>planet cluster certificates</c> makes, which <c>planet.cluster.tls</c> names.</summary>
    /// <param name="certificate">PKCS #12 file with the machine's certificate and private key.</param>
    /// <param name="authority">PEM file with the certificate of the authority.</param>
    /// <param name="passwordFile">File whose first line is the password of <paramref name="certificate"/>; empty if it has none.</param>
    /// <exception cref="CryptographicException">
    /// A file cannot be read, the certificate has no private key or is not valid now, or the authority has not signed it. The message is
    /// one line with the setting, its value and the remedy.
    /// </exception>
    public static MachineCertificates Load(string certificate, string authority, string passwordFile)
    {
        ArgumentNullException.ThrowIfNull(passwordFile);
        var password = passwordFile.Length == 0
            ? null
            : Read("password_file", passwordFile, path => File.ReadLines(path).FirstOrDefault() ?? "");
        var authorities = Read("authority", authority, path =>
        {
            var read = new X509Certificate2Collection();
            read.ImportFromPemFile(path);
            return read.Count > 0 ? read : throw new CryptographicException("it holds no certificate in PEM form");
        });
        var own = Read("certificate", certificate, path => X509CertificateLoader.LoadPkcs12FromFile(path, password));
        var machine = new MachineCertificates(own, authorities);
        var flaw = !own.HasPrivateKey
            ? "it holds no private key"
            : machine.SignatureFlaw(own, s_serverUse) ?? machine.SignatureFlaw(own, s_clientUse);
        if (flaw is null)
        {
            return machine;
        }

        machine.Dispose();
        throw new CryptographicException(
            $"planet.cluster.tls.certificate is {certificate}, which cannot be used with the authority {authority}: {flaw}. {Remedy}");
    }

    /// <summary>Whether this machine's certificate is valid for a host, so that clients that connect to that host accept it.</summary>
    /// <param name="host">A name or an address, IPv6 without brackets.</param>
    public bool Covers(string host) => Certificate.MatchesHostname(host, allowWildcards: false, allowCommonName: false);

    /// <summary>Why the other end of a connection is to be refused, as a clause; null if it is to be accepted.</summary>
    /// <param name="certificate">Certificate of the other end; null if it presented none.</param>
    /// <param name="server">The host that this machine connected to; null if the other end is the client.</param>
    /// <param name="errors">What the handshake has found. Only the names count, because the authority is not one of the system's.</param>
    public string? FlawOf(X509Certificate2? certificate, string? server, SslPolicyErrors errors) => certificate is null
        ? "it presented no certificate"
        : SignatureFlaw(certificate, server is null ? s_clientUse : s_serverUse) ?? NameFlaw(certificate, server, errors);

    /// <inheritdoc />
    public void Dispose()
    {
        Certificate.Dispose();
        foreach (var authority in Authorities)
        {
            authority.Dispose();
        }
    }

    private static T Read<T>(string setting, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            var reason = File.Exists(path) ? failure.Message.TrimEnd('.') : "there is no such file";
            throw new CryptographicException($"planet.cluster.tls.{setting} is {path}, which cannot be read: {reason}. {Remedy}", failure);
        }
    }

    private string? SignatureFlaw(X509Certificate2 certificate, Oid use)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(Authorities);
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
}

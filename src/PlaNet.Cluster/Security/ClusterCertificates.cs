using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PlaNet.Common;

namespace PlaNet.Cluster.Security;

/// <summary>
/// Makes the certificates of a cluster for mutual TLS: a certificate authority, and for every machine a certificate signed by it. Keys are
/// ECDSA on P-256.
/// </summary>
public static class ClusterCertificates
{
    private const string AuthorityFile = "authority.crt";
    private const string AuthorityKeyFile = "authority.key";
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private static readonly TimeSpan s_authorityLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan s_machineLife = TimeSpan.FromDays(825);

    // Tolerates clocks that differ between machines.
    private static readonly TimeSpan s_skew = TimeSpan.FromDays(1);

    private static readonly PbeParameters s_encryption = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 100_000);

    /// <summary>
    /// Makes certificates in a folder: <c>authority.crt</c> and <c>authority.key</c> unless they exist, and <c>HOST.pfx</c> for every
    /// machine, replacing an earlier one. Files are written atomically, with access for their owner only. An authority is valid for 10
    /// years, a machine's certificate for 825 days. A renewed certificate is signed by the same authority, so those of other machines stay
    /// valid.
    /// </summary>
    /// <param name="folder">Folder of the files; created if it does not exist.</param>
    /// <param name="machines">
    /// For every machine the names and addresses by which others reach it, joined by <c>+</c>, as in <c>node1+10.0.0.5</c>. Its file is
    /// named after the first.
    /// </param>
    /// <param name="password">Encrypts the private keys; null to leave them unencrypted.</param>
    /// <param name="time">Clock for the validity periods.</param>
    /// <param name="pem">
    /// Whether to make also <c>HOST.pem</c> for every machine, the same certificate and private key in PEM form, which Python reads.
    /// </param>
    /// <exception cref="ClusterException">A host is invalid, or the existing authority cannot be used.</exception>
    /// <exception cref="StorageException">A file cannot be written.</exception>
    public static ClusterCertificateFiles Create(
        string folder, IReadOnlyList<string> machines, string? password, TimeProvider time, bool pem = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(machines);
        ArgumentNullException.ThrowIfNull(time);
        var named = machines.Select(Hosts).ToList();
        if (named.Count == 0)
        {
            throw new ClusterException(
                "No machine was named: name each by the names or addresses that others use for it, as in node1,node2+10.0.0.5.");
        }

        if (named.GroupBy(hosts => FileName(hosts), StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ClusterException(
                $"{twice.First()[0]} was named twice: name every machine once, and join its names and addresses with +.");
        }

        CreateFolder(folder);
        var now = time.GetUtcNow();
        var (authority, isNew) = Authority(folder, password, now);
        using (authority)
        {
            var made = named.Select(hosts => Machine(folder, authority, hosts, password, now, pem)).ToList();
            return new ClusterCertificateFiles(Path.Combine(folder, AuthorityFile), Path.Combine(folder, AuthorityKeyFile), isNew, made);
        }
    }

    private static List<string> Hosts(string machine)
    {
        var hosts = new List<string>();
        foreach (var text in machine.Split('+', StringSplitOptions.TrimEntries))
        {
            var host = Endpoint.NormalHost(text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text);
            if (host is null
                || (IPAddress.TryParse(host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))))
            {
                throw new ClusterException(
                    $"\"{text}\" is neither a name nor an address of one machine: "
                    + "give the names and addresses by which others reach it, without a port.");
            }

            hosts.Add(host);
        }

        return hosts;
    }

    private static string FileName(List<string> hosts) => hosts[0].Replace(':', '-') + ".pfx";

    private static void CreateFolder(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Of(folder, exception);
        }
    }

    // ---- The authority ----

    private static (X509Certificate2 Authority, bool IsNew) Authority(string folder, string? password, DateTimeOffset now)
    {
        var (certificate, key) = (Path.Combine(folder, AuthorityFile), Path.Combine(folder, AuthorityKeyFile));
        switch (File.Exists(certificate), File.Exists(key))
        {
            case (true, true):
                return (Load(certificate, key, password, now), false);
            case (false, false):
                return (Make(certificate, key, password, now), true);
            case (var hasCertificate, _):
                var (existing, missing) = hasCertificate ? (certificate, AuthorityKeyFile) : (key, AuthorityFile);
                throw new ClusterException(
                    $"{existing} exists without {missing}: restore {missing}, or name another folder for a new authority.");
        }
    }

    private static X509Certificate2 Load(string certificate, string key, string? password, DateTimeOffset now)
    {
        X509Certificate2 authority;
        try
        {
            authority = File.ReadAllText(key).Contains("ENCRYPTED", StringComparison.Ordinal)
                ? X509Certificate2.CreateFromEncryptedPemFile(certificate, password, key)
                : X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new ClusterException(
                $"The authority {certificate} cannot be used with {key}: {exception.Message.TrimEnd('.')}. "
                + "Give the password of its key in --password-file, or name another folder for a new authority.",
                exception);
        }

        return authority.NotAfter.ToUniversalTime() - s_machineLife > now.UtcDateTime
            ? authority
            : throw new ClusterException(
                $"The authority {certificate} expires on {authority.NotAfter:yyyy-MM-dd}, before a machine's certificate made now would. "
                + "Name another folder for a new authority, and give every machine a new certificate.");
    }

    private static X509Certificate2 Make(string certificate, string key, string? password, DateTimeOffset now)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        // A random suffix distinguishes the authorities of one lab in error messages.
        var name = $"CN=PlaNet cluster authority {Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        var request = new CertificateRequest(name, pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var made = request.CreateSelfSigned(now - s_skew - s_skew, now + s_authorityLife);

        // The key is written first and never replaced, so that of two concurrent commands only one makes the authority.
        AtomicFile.WritePrivate(key, Encoding.ASCII.GetBytes(Secret(pair, password) + "\n"), replace: false);
        AtomicFile.WritePrivate(certificate, Encoding.ASCII.GetBytes(made.ExportCertificatePem() + "\n"), replace: false);
        return made;
    }

    // ---- Machines ----

    private static MachineCertificate Machine(
        string folder, X509Certificate2 authority, List<string> hosts, string? password, DateTimeOffset now, bool pem)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(hosts[0].Length <= 64 ? hosts[0] : hosts[0][..64]);
        var request = new CertificateRequest(subject.Build(), pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUse), new Oid(ClientUse)], critical: false));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));

        var until = now + s_machineLife;
        using var signed = request.Create(authority, now - s_skew, until, SerialNumber());
        using var whole = signed.CopyWithPrivateKey(pair);
        var file = Path.Combine(folder, FileName(hosts));
        AtomicFile.WritePrivate(file, whole.ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, password), replace: true);
        if (pem)
        {
            var text = $"{signed.ExportCertificatePem()}\n{Secret(pair, password)}\n";
            AtomicFile.WritePrivate(Path.ChangeExtension(file, ".pem"), Encoding.ASCII.GetBytes(text), replace: true);
        }

        return new MachineCertificate(hosts, file, until);
    }

    private static string Secret(ECDsa pair, string? password) =>
        password is null ? pair.ExportPkcs8PrivateKeyPem() : pair.ExportEncryptedPkcs8PrivateKeyPem(password, s_encryption);

    private static byte[] SerialNumber()
    {
        // RFC 5280 wants a positive number: the top bit is cleared, and the next one set to keep the full length.
        var number = RandomNumberGenerator.GetBytes(16);
        number[0] = (byte)((number[0] & 0x3F) | 0x40);
        return number;
    }
}

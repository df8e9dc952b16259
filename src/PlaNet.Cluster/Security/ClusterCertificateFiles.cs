namespace PlaNet.Cluster.Security;

/// <summary>The files that <see cref="ClusterCertificates.Create"/> has made.</summary>
/// <param name="Authority">File of the authority's certificate, which every machine needs.</param>
/// <param name="AuthorityKey">File of its private key. No machine needs it: whoever has it can add machines to the cluster.</param>
/// <param name="AuthorityIsNew">Whether the authority was created by this call; otherwise an existing one was used.</param>
/// <param name="Machines">One certificate for each machine.</param>
public sealed record ClusterCertificateFiles(
    string Authority, string AuthorityKey, bool AuthorityIsNew, IReadOnlyList<MachineCertificate> Machines);

/// <summary>The certificate of one machine.</summary>
/// <param name="Hosts">The names and addresses that it is valid for, at least one.</param>
/// <param name="File">File of its certificate and private key, PKCS #12.</param>
/// <param name="ValidUntil">Expiry of the certificate.</param>
public sealed record MachineCertificate(IReadOnlyList<string> Hosts, string File, DateTimeOffset ValidUntil);

namespace PlaNet.Cluster.Security;

/// <summary>What <see cref="ClusterCertificates.Create"/> has made.</summary>
/// <param name="Authority">The authority's certificate, which every machine needs.</param>
/// <param name="AuthorityKey">Its private key, which no machine needs: whoever has it can add machines.</param>
/// <param name="AuthorityIsNew">Whether it was made now; otherwise it was there and was used again.</param>
/// <param name="Machines">One certificate a machine.</param>
public sealed record ClusterCertificateFiles(string Authority, string AuthorityKey, bool AuthorityIsNew, IReadOnlyList<MachineCertificate> Machines);

/// <summary>The certificate of one machine.</summary>
/// <param name="Hosts">The names and addresses by which it is reached, at least one.</param>
/// <param name="File">Its certificate and private key, PKCS #12.</param>
/// <param name="ValidUntil">When it must have been made again.</param>
public sealed record MachineCertificate(IReadOnlyList<string> Hosts, string File, DateTimeOffset ValidUntil);

namespace PlaNet.Cluster.Wire;

/// <summary>
/// A message that crosses between nodes: an immutable MessagePack record with whole-number keys from 0 without gaps, listed in
/// <see cref="WireManifests"/>. A change of its fields needs a new version in its manifest.
/// </summary>
public interface IWireMessage
{
    /// <summary>
    /// Why the values cannot be used, as a clause such as "length is -1 but must be at least 0"; null where they can. Checked by sender and
    /// receiver. References that the record declares as not null are checked without it. Default null.
    /// </summary>
    string? Flaw => null;
}

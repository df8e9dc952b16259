namespace PlaNet.Cluster.Wire;

/// <summary>
/// A message between nodes: an immutable MessagePack record with integer keys from 0 without gaps, listed in <see cref="WireManifests"/>. A
/// change of its fields needs a new version in its manifest.
/// </summary>
public interface IWireMessage
{
    /// <summary>
    /// Why the values are invalid, as a clause such as "length is -1 but must be at least 0"; null if they are valid. Sender and receiver
    /// check it, after they have checked that references declared as not null are not null. Default null.
    /// </summary>
    string? Flaw => null;
}

namespace PlaNet.Replay;

/// <summary>An episode file by name and content.</summary>
/// <param name="Name">Name of the file, without folder.</param>
/// <param name="Sha256">SHA-256 of its bytes, in lower-case hexadecimal.</param>
public sealed record EpisodeReference(string Name, string Sha256);

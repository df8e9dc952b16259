namespace PlaNet.Replay;

/// <summary>Identifies an episode by name and content.</summary>
/// <param name="Name">Name of the episode.</param>
/// <param name="Sha256">SHA-256 of the file's bytes, in lower-case hexadecimal.</param>
public sealed record EpisodeReference(string Name, string Sha256);

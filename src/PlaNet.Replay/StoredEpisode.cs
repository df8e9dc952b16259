namespace PlaNet.Replay;

/// <summary>An episode on disk.</summary>
/// <param name="Reference">Name and hash.</param>
/// <param name="Return">Sum of the rewards.</param>
public sealed record StoredEpisode(EpisodeReference Reference, double Return);

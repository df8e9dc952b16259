namespace PlaNet.Replay;

/// <summary>An episode on disk.</summary>
/// <param name="Reference">Its name and hash.</param>
/// <param name="Return">Sum of its rewards.</param>
public sealed record StoredEpisode(EpisodeReference Reference, double Return);

namespace PlaNet.Replay;

/// <summary>An episode on disk.</summary>
/// <param name="Reference">Name and hash.</param>
/// <param name="Return">Sum of the rewards.</param>
public sealed record StoredEpisode(EpisodeReference Reference, double Return)
{
    /// <summary>
    /// Number of episodes of the run, this one included, that are shorter than a chunk and therefore never sampled. Default 0.
    /// </summary>
    public int TooShort { get; init; }
}

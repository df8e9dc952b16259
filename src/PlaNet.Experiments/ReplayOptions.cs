using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>How the chunks of a training batch are sampled from the collected episodes (docs/experiments.md).</summary>
public enum ReplaySampling
{
    /// <summary>The episode uniformly with replacement, then the start uniformly over all valid starts: the paper's text.</summary>
    Uniform,

    /// <summary>The loader of the original code: periods of 1,000 chunks, each with up to 500 new and up to 500 older episodes.</summary>
    Reference,

    /// <summary>Uniformly over all valid starts of all episodes, so long episodes are sampled more often.</summary>
    Flat,
}

/// <summary>How training batches are sampled from the replay buffer.</summary>
public sealed record ReplayOptions
{
    /// <summary>Chunks in a batch, B. At least 1; B times L is at most 43,690 frames (2 GiB of images). Default 50.</summary>
    [InRange(1)]
    public int BatchSize { get; init; } = 50;

    /// <summary>Steps in a chunk, L. At least 2 and at most the entries of an episode. Default 50.</summary>
    [InRange(2)]
    public int ChunkLength { get; init; } = 50;

    /// <summary>How the chunks of a batch are sampled. Default <see cref="ReplaySampling.Uniform"/>.</summary>
    public ReplaySampling Sampling { get; init; } = ReplaySampling.Uniform;

    /// <summary>
    /// Folder of recorded episodes (docs/episodes.md) from which the run learns instead of seed episodes with random actions; the run
    /// directory gets a copy. Not part of the run's identity, which is <see cref="EpisodesHash"/>. Default empty: none.
    /// </summary>
    [SingleLine, AddedLater]
    public string EpisodesFrom { get; init; } = "";

    /// <summary>
    /// SHA-256 of the episodes of <see cref="EpisodesFrom"/> and their names; <c>planet train</c> sets it. Default empty: that of the
    /// folder when the run is made.
    /// </summary>
    [Sha256, AddedLater]
    public string EpisodesHash { get; init; } = "";

    /// <summary>Memory for decoded episodes, in MiB; other episodes are read from disk when sampled. At least 1. Default 4096.</summary>
    [InRange(1)]
    public int MemoryMebibytes { get; init; } = 4096;
}

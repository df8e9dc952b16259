using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>Which chunks of the collected episodes make a training batch (spec 1.7).</summary>
public enum ReplaySampling
{
    /// <summary>The episode uniform with replacement, its start uniform over all that fit: the paper's text.</summary>
    Uniform,

    /// <summary>The original code's loader: periods of 1,000 chunks, half of each from the episodes that are new since the last.</summary>
    Reference,

    /// <summary>Uniform over all starts of all episodes, so that long episodes are drawn more often.</summary>
    Flat,
}

/// <summary>How training batches are drawn from the collected episodes.</summary>
public sealed record ReplayOptions
{
    /// <summary>Chunks in a batch, B. At least 1. Default 50.</summary>
    [InRange(1)]
    public int BatchSize { get; init; } = 50;

    /// <summary>Steps in a chunk, L. At least 2 and at most the entries of an episode. Default 50.</summary>
    [InRange(2)]
    public int ChunkLength { get; init; } = 50;

    /// <summary>Which chunks make a batch. Default <see cref="ReplaySampling.Uniform"/>.</summary>
    public ReplaySampling Sampling { get; init; } = ReplaySampling.Uniform;

    /// <summary>Memory for decoded episodes, in mebibytes; others are read again from disk when drawn. At least 1. Default 4096.</summary>
    [InRange(1)]
    public int MemoryMebibytes { get; init; } = 4096;
}

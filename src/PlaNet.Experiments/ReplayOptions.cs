using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>How training batches are drawn from the collected episodes.</summary>
public sealed record ReplayOptions
{
    /// <summary>Chunks in a batch, B. At least 1. Default 50.</summary>
    [InRange(1)]
    public int BatchSize { get; init; } = 50;

    /// <summary>Steps in a chunk, L. At least 2 and at most the entries of an episode. Default 50.</summary>
    [InRange(2)]
    public int ChunkLength { get; init; } = 50;

    /// <summary>Memory for decoded episodes, in mebibytes; others are read again from disk when drawn. At least 1. Default 4096.</summary>
    [InRange(1)]
    public int MemoryMebibytes { get; init; } = 4096;
}

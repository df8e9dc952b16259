using PlaNet.Replay;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Messages;

/// <summary>The replay buffer has opened its folders.</summary>
/// <param name="Warnings">Messages about skipped files.</param>
public sealed record ReplayReady(IReadOnlyList<string> Warnings);

/// <summary>Orders the replay buffer to sample only from the episodes of a checkpoint.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="State">State that lists the episodes.</param>
public sealed record RestoreEpisodes(long Order, RunState State) : IBeginsTrace;

/// <summary>All listed episodes exist and are unchanged.</summary>
/// <param name="Order">Number of the order.</param>
public sealed record EpisodesRestored(long Order)
{
    /// <summary>Messages about files that are not used. Default none.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Number of the episodes that are shorter than a chunk and therefore never sampled. Default 0.</summary>
    public int TooShort { get; init; }
}

/// <summary>Asks which episodes are already stored, by a process that was killed before it saved a checkpoint.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Step">Kind of episodes: seed, test or training.</param>
/// <param name="Seeds">Seeds of the episodes.</param>
public sealed record FindEpisodes(long Order, RunStep Step, IReadOnlyList<ulong> Seeds) : IBeginsTrace;

/// <summary>The episodes that are not stored yet.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Seeds">Seeds of the missing episodes.</param>
public sealed record EpisodesFound(long Order, IReadOnlyList<ulong> Seeds)
{
    /// <summary>Messages about files that are not used. Default none.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Orders the replay buffer to store episodes and to sample from them.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Step">Kind of episodes: seed, test or training.</param>
/// <param name="Seeds">Seeds of all episodes of the order.</param>
/// <param name="Episodes">The episodes that are not stored yet.</param>
/// <param name="Updates">Number of updates so far.</param>
public sealed record StoreEpisodes(long Order, RunStep Step, IReadOnlyList<ulong> Seeds, IReadOnlyList<Episode> Episodes, int Updates);

/// <summary>All episodes of an order are stored.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Episodes">The episodes in the order of their seeds.</param>
public sealed record EpisodesStored(long Order, IReadOnlyList<StoredEpisode> Episodes);

/// <summary>Requests the batch of an update.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Index">Number of the update, from 0.</param>
public sealed record SampleBatch(long Order, int Index) : IBeginsTrace;

/// <summary>The batch of an update.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Batch">The batch; the replay buffer does not reuse it until the next update is ordered.</param>
/// <param name="Seconds">Seconds of sampling.</param>
public sealed record BatchSampled(long Order, ChunkBatch Batch, double Seconds);

/// <summary>Requests the held-out chunks of an evaluation.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Index">Number of the evaluation, from 0.</param>
public sealed record SampleTest(long Order, int Index);

/// <summary>The held-out chunks of an evaluation.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Batch">A batch of chunks; null without held-out episodes.</param>
public sealed record TestSampled(long Order, ChunkBatch? Batch);

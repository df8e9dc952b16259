using PlaNet.Replay;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Messages;

/// <summary>The replay has opened its folders.</summary>
/// <param name="Warnings">Files that are not used, and why.</param>
public sealed record ReplayReady(IReadOnlyList<string> Warnings);

/// <summary>Has the replay draw from exactly these episodes from now on.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="State">The run's state, for the episodes it lists.</param>
public sealed record RestoreEpisodes(long Order, RunState State);

/// <summary>The episodes are all there, as they were recorded.</summary>
/// <param name="Order">Number of the order.</param>
public sealed record EpisodesRestored(long Order);

/// <summary>Asks which episodes are on disk already: a process that was killed before it saved a checkpoint leaves them.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Step">Which kind of episodes.</param>
/// <param name="Seeds">The episodes' seeds.</param>
public sealed record FindEpisodes(long Order, RunStep Step, IReadOnlyList<ulong> Seeds);

/// <summary>Which episodes are on disk.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Seeds">The seeds of those that are not.</param>
public sealed record EpisodesFound(long Order, IReadOnlyList<ulong> Seeds);

/// <summary>Has the replay store episodes and draw from them.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Step">Which kind of episodes.</param>
/// <param name="Seeds">Seeds of all episodes of the order.</param>
/// <param name="Episodes">Those that are not on disk.</param>
/// <param name="Updates">Updates done so far.</param>
public sealed record StoreEpisodes(long Order, RunStep Step, IReadOnlyList<ulong> Seeds, IReadOnlyList<Episode> Episodes, int Updates);

/// <summary>The episodes are on disk.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Episodes">One for each seed.</param>
public sealed record EpisodesStored(long Order, IReadOnlyList<StoredEpisode> Episodes);

/// <summary>Asks for the batch of an update.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Index">Number of the update, from 0.</param>
public sealed record SampleBatch(long Order, int Index);

/// <summary>A batch, left alone by the replay until the learner is done with it.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Seconds">Seconds that drawing it took.</param>
public sealed record BatchSampled(long Order, ChunkBatch Batch, double Seconds);

/// <summary>Asks for the held-out chunks of an evaluation.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Index">Number of the evaluation, from 0.</param>
public sealed record SampleTest(long Order, int Index);

/// <summary>Held-out chunks.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Batch">The chunks; null where no episodes are held out.</param>
public sealed record TestSampled(long Order, ChunkBatch? Batch);

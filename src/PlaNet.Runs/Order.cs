using PlaNet.Runs.Messages;
using PlaNet.Training;

namespace PlaNet.Runs;

/// <summary>Something that the run supervisor has had begun and that is not done. An answer with another number than the order's is stale.</summary>
/// <param name="Id">Number of the order.</param>
internal abstract record Order(long Id);

/// <summary>An update.</summary>
/// <param name="Id">Number of the order.</param>
/// <param name="Index">Number of the update.</param>
/// <param name="WithLearner">Whether the learner has the batch.</param>
internal sealed record UpdateOrder(long Id, int Index, bool WithLearner) : Order(Id);

/// <summary>A batch drawn ahead.</summary>
/// <param name="Id">Number of the order.</param>
/// <param name="Index">Number of the update it is for.</param>
/// <param name="Sampled">The batch, once it is there.</param>
internal sealed record BatchAhead(long Id, int Index, BatchSampled? Sampled) : Order(Id);

/// <summary>Episodes to be collected.</summary>
/// <param name="Id">Number of the order.</param>
/// <param name="Step">Which kind.</param>
/// <param name="Progress">How far the run had come.</param>
/// <param name="First">Number of the first among those of its kind.</param>
/// <param name="Seeds">Seeds of all of them.</param>
/// <param name="Missing">Seeds of those that are not on disk; null before that is known.</param>
/// <param name="Seconds">Seconds they took.</param>
/// <param name="Played">Whether the collector has played those that were missing.</param>
internal sealed record CollectOrder(
    long Id, RunStep Step, RunProgress Progress, int First, IReadOnlyList<ulong> Seeds, IReadOnlyList<ulong>? Missing = null, double Seconds = 0,
    bool Played = false) : Order(Id);

/// <summary>An evaluation: the episodes, then the objective on held-out ones.</summary>
/// <param name="Id">Number of the order.</param>
/// <param name="Progress">How far the run had come.</param>
/// <param name="Played">The episodes' outcome, once it is there.</param>
internal sealed record EvaluateOrder(long Id, RunProgress Progress, AgentEvaluated? Played = null) : Order(Id);

/// <summary>A checkpoint.</summary>
/// <param name="Id">Number of the order.</param>
internal sealed record SaveOrder(long Id) : Order(Id);

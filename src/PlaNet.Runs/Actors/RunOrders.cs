using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Actors;

/// <summary>An update.</summary>
/// <param name="Id">Number of the order; replies with another number are ignored.</param>
/// <param name="Index">Number of the update.</param>
/// <param name="WithLearner">Whether the learner has the batch.</param>
internal sealed record UpdateOrder(long Id, int Index, bool WithLearner = false);

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
    bool Played = false);

/// <summary>An evaluation: the episodes, then the objective on held-out ones.</summary>
/// <param name="Id">Number of the order.</param>
/// <param name="Progress">How far the run had come.</param>
/// <param name="Played">The outcome of the episodes, once it is there.</param>
internal sealed record EvaluateOrder(long Id, RunProgress Progress, AgentEvaluated? Played = null);

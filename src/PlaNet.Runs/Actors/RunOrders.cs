using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Actors;

/// <summary>The order of an update.</summary>
/// <param name="Id">Number of the order. Replies to superseded orders are ignored.</param>
/// <param name="Index">Number of the update, from 0.</param>
/// <param name="WithLearner">Whether the batch was sent to the learner.</param>
internal sealed record UpdateOrder(long Id, int Index, bool WithLearner = false);

/// <summary>The order to collect episodes.</summary>
/// <param name="Id">Number of the order.</param>
/// <param name="Step">Kind of episodes: seed, test or training.</param>
/// <param name="Progress">Progress of the run when the order was given.</param>
/// <param name="First">Index of the first episode among those of its kind.</param>
/// <param name="Seeds">Seeds of all episodes.</param>
/// <param name="Missing">Seeds of the episodes that are not stored yet; null until the replay buffer has replied.</param>
/// <param name="Seconds">Seconds of playing the missing episodes.</param>
/// <param name="Played">Whether the missing episodes were played.</param>
internal sealed record CollectOrder(
    long Id,
    RunStep Step,
    RunProgress Progress,
    int First,
    IReadOnlyList<ulong> Seeds,
    IReadOnlyList<ulong>? Missing = null,
    double Seconds = 0,
    bool Played = false);

/// <summary>The order of an evaluation: play episodes, then compute the objective on held-out episodes.</summary>
/// <param name="Id">Number of the order.</param>
/// <param name="Progress">Progress of the run when the order was given.</param>
/// <param name="Played">Result of the episodes; null until they are played.</param>
internal sealed record EvaluateOrder(long Id, RunProgress Progress, AgentEvaluated? Played = null);

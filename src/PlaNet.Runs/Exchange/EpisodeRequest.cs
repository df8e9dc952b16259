using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Exchange;

/// <summary>
/// One episode that a run wants. What is played is decided by it, the run's experiment and the weights, and by nothing of the collector's.
/// </summary>
/// <param name="Number">Number among those that are wanted at the same time, from 0.</param>
/// <param name="Step">What it is for.</param>
/// <param name="Kind">Who acts.</param>
/// <param name="Seed">The episode's seed.</param>
/// <param name="Task">Which of the run's tasks.</param>
/// <param name="Noise">Standard deviation of the exploration noise.</param>
/// <param name="WeightsVersion">Version of the weights that the planner plans with; null where nobody plans.</param>
public sealed record EpisodeRequest(int Number, RunStep Step, ActingKind Kind, ulong Seed, int Task, double Noise, long? WeightsVersion)
{
    /// <summary>What a collector is told to play.</summary>
    /// <param name="weights">Weights of <see cref="WeightsVersion"/>; null where nobody plans.</param>
    public Acting Acting(Weights? weights) => new(Kind, [Seed], [Task], Noise, weights);
}

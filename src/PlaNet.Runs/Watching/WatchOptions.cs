using PlaNet.Experiments;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Watching;

/// <summary>What is watched.</summary>
/// <param name="Run">The run directory.</param>
/// <param name="Tasks">The task, as the first of these.</param>
/// <param name="Planner">Options of the planner.</param>
/// <param name="Seed">Seed of the episodes: the first one is the first of <c>planet evaluate --seed</c>.</param>
/// <param name="Device">Device of the model.</param>
public sealed record WatchOptions(string Run, EvaluationTasks Tasks, PlannerOptions Planner, ulong Seed, Device Device)
{
    /// <summary>Elites whose futures are decoded. At least 0. Default 4.</summary>
    public int Elites { get; init; } = 4;

    /// <summary>Called with warnings, such as damaged checkpoints. Default: they are dropped.</summary>
    public Action<string> Warn { get; init; } = static _ => { };
}

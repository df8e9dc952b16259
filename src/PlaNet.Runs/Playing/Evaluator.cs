using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Common;
using PlaNet.Replay;
using PlaNet.Runs.Results;

namespace PlaNet.Runs.Playing;

/// <summary>Plays episodes of every task without exploration noise. The episodes of a task are planned in one batch.</summary>
public static class Evaluator
{
    /// <summary>Maximum number of environments played in parallel. Further episodes are played in further batches.</summary>
    public const int LargestBatch = 10;

    /// <summary>Evaluates a world model. The episodes are played as they are enumerated, and none is kept.</summary>
    /// <param name="experiment">Defines the tasks and the planner.</param>
    /// <param name="model">The world model to plan with.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="episodes">Number of episodes of each task.</param>
    /// <param name="seed">Seed from which the seeds of episodes and agents are derived.</param>
    /// <param name="decided">Called after each decision with the number of decisions in the current batch of episodes.</param>
    /// <param name="cancellation">Checked before every decision.</param>
    /// <param name="create">Creates an environment of the task with a given index. Default <see cref="Tasks.Create"/>.</param>
    /// <param name="watch">Creates the observer of the decisions on the task with a given index. Default: none.</param>
    /// <returns>The episodes grouped by task in the order of the tasks; <see cref="TaskScore.Of"/> splits their returns by task.</returns>
    public static IEnumerable<Episode> Run(
        Experiment experiment,
        WorldModel model,
        Device device,
        int episodes,
        ulong seed,
        Action<int> decided,
        CancellationToken cancellation,
        Func<int, IEnvironment>? create = null,
        Func<int, DecisionWatch?>? watch = null)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return Play(
            experiment,
            episodes,
            seed,
            (action, count, batchSeed, observer) => new ReportingPolicy(
                new Agent(model, experiment.Planner, count, device, explorationNoise: 0, batchSeed, action.IsDiscrete)
                {
                    Observer = observer,
                },
                decided),
            create ?? (task => Tasks.Create(experiment.Task, task)),
            watch,
            cancellation);
    }

    /// <summary>Plays the same episodes with uniform random actions, as a baseline.</summary>
    /// <param name="experiment">Defines the tasks.</param>
    /// <param name="episodes">Number of episodes of each task.</param>
    /// <param name="seed">Seed from which the seeds of episodes and actions are derived.</param>
    /// <param name="cancellation">Checked before every decision.</param>
    /// <param name="create">Creates an environment of the task with a given index. Default <see cref="Tasks.Create"/>.</param>
    /// <returns>The episodes in the order of <see cref="Run"/>.</returns>
    public static IEnumerable<Episode> RunRandom(
        Experiment experiment, int episodes, ulong seed, CancellationToken cancellation, Func<int, IEnvironment>? create = null)
    {
        return Play(
            experiment,
            episodes,
            seed,
            (action, count, batchSeed, _) =>
                new RandomPolicy(action, [.. Enumerable.Range(0, count).Select(i => RandomStream.Fork(batchSeed, "actions", (ulong)i))]),
            create ?? (task => Tasks.Create(experiment.Task, task)),
            watch: null,
            cancellation);
    }

    private static IEnumerable<Episode> Play(
        Experiment experiment,
        int episodes,
        ulong seed,
        Func<ActionSpec, int, ulong, DecisionWatch?, IPolicy> policyFor,
        Func<int, IEnvironment> create,
        Func<int, DecisionWatch?>? watch,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(episodes);
        return Enumerable.Range(0, experiment.Task.Count)
            .SelectMany(task => PlayTask(task, episodes, seed, policyFor, create, watch, cancellation));
    }

    private static IEnumerable<Episode> PlayTask(
        int task,
        int episodes,
        ulong seed,
        Func<ActionSpec, int, ulong, DecisionWatch?, IPolicy> policyFor,
        Func<int, IEnvironment> create,
        Func<int, DecisionWatch?>? watch,
        CancellationToken cancellation)
    {
        var environments = new List<IEnvironment>();
        try
        {
            for (int played = 0, count; played < episodes; played += count)
            {
                count = Math.Min(LargestBatch, episodes - played);
                while (environments.Count < count)
                {
                    environments.Add(create(task));
                }

                // The index counts over all tasks, so that no two episodes share a seed.
                var first = (task * episodes) + played;
                var seeds = Enumerable.Range(first, count).Select(i => RandomStream.Derive(seed, "environment", (ulong)i)).ToArray();
                var observer = watch?.Invoke(task);
                var agentSeed = RandomStream.Derive(seed, "agent", (ulong)first);
                using var policy = policyFor(environments[0].Spec.Action, count, agentSeed, observer);
                foreach (var episode in EpisodePlayer.Record(
                    environments.GetRange(0, count),
                    seeds,
                    policy,
                    TimeProvider.System,
                    weightsVersion: null,
                    cancellation,
                    play => observer?.Observe(play.LastReward(0))))
                {
                    yield return episode;
                }
            }
        }
        finally
        {
            environments.ForEach(environment => environment.Dispose());
        }
    }
}

using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Common;
using PlaNet.Replay;
using PlaNet.Runs.Results;

namespace PlaNet.Runs.Playing;

/// <summary>Plays noise-free episodes of every task, each with its own seed, those of a task in one batch of the planner.</summary>
public static class Evaluator
{
    /// <summary>Largest number of environments that are played at once; more episodes follow in further batches.</summary>
    public const int LargestBatch = 10;

    /// <summary>Evaluates a world model.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="model">The world model.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="episodes">Number of episodes of each task.</param>
    /// <param name="seed">Seed from which every episode's and the agents' seeds follow.</param>
    /// <param name="decided">Told after each decision of a batch of episodes how many there have been.</param>
    /// <param name="cancellation">Ends the evaluation early.</param>
    /// <param name="create">Makes an environment of the task of a number. Default <see cref="Tasks.Create"/>.</param>
    /// <returns>The episodes, those of the first task first, as many of each; <see cref="TaskScore.Of"/> tells their returns apart.</returns>
    public static IReadOnlyList<Episode> Run(
        Experiment experiment,
        WorldModel model,
        Device device,
        int episodes,
        ulong seed,
        Action<int> decided,
        CancellationToken cancellation,
        Func<int, IEnvironment>? create = null)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return Play(
            experiment,
            episodes,
            seed,
            (_, count, batchSeed) =>
                new AnnouncingPolicy(new Agent(model, experiment.Planner, count, device, explorationNoise: 0, batchSeed), decided),
            create ?? (task => Tasks.Create(experiment.Task, task)),
            cancellation);
    }

    /// <summary>Plays the same episodes with uniform random actions: what no learning gives.</summary>
    /// <param name="experiment">The experiment, for its tasks.</param>
    /// <param name="episodes">Number of episodes of each task.</param>
    /// <param name="seed">Seed from which every episode's seed and actions follow.</param>
    /// <param name="cancellation">Ends the evaluation early.</param>
    /// <param name="patience">How long an environment in a process of its own may take. Default <see cref="EnvironmentPatience.Default"/>.</param>
    /// <returns>The episodes, in the order of <see cref="Run"/>.</returns>
    public static IReadOnlyList<Episode> RunRandom(
        Experiment experiment, int episodes, ulong seed, CancellationToken cancellation, EnvironmentPatience? patience = null)
    {
        return Play(
            experiment,
            episodes,
            seed,
            (action, count, batchSeed) =>
                new RandomPolicy(action, [.. Enumerable.Range(0, count).Select(i => RandomStream.Fork(batchSeed, "actions", (ulong)i))]),
            task => Tasks.Create(experiment.Task, task, patience),
            cancellation);
    }

    private static List<Episode> Play(
        Experiment experiment,
        int episodes,
        ulong seed,
        Func<ActionSpec, int, ulong, IPolicy> policyFor,
        Func<int, IEnvironment> create,
        CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(episodes);
        var played = new List<Episode>();
        for (var task = 0; task < experiment.Task.Count; task++)
        {
            played.AddRange(PlayTask(task, episodes, seed, policyFor, create, cancellation));
        }

        return played;
    }

    private static List<Episode> PlayTask(
        int task, int episodes, ulong seed, Func<ActionSpec, int, ulong, IPolicy> policyFor, Func<int, IEnvironment> create, CancellationToken cancellation)
    {
        var played = new List<Episode>();
        var environments = new List<IEnvironment>();
        try
        {
            while (played.Count < episodes)
            {
                var count = Math.Min(LargestBatch, episodes - played.Count);
                while (environments.Count < count)
                {
                    environments.Add(create(task));
                }

                // Numbered over all tasks, so that no two episodes share a seed.
                var first = (task * episodes) + played.Count;
                var seeds = Enumerable.Range(first, count).Select(i => RandomStream.Derive(seed, "environment", (ulong)i)).ToArray();
                using var policy = policyFor(environments[0].Spec.Action, count, RandomStream.Derive(seed, "agent", (ulong)first));
                played.AddRange(EpisodePlayer.Record(environments.GetRange(0, count), seeds, policy, TimeProvider.System, weightsVersion: null, cancellation));
            }
        }
        finally
        {
            environments.ForEach(environment => environment.Dispose());
        }

        return played;
    }
}

using PlaNet.Environments;
using PlaNet.Randomness;
using PlaNet.Replay;

namespace PlaNet.Training;

/// <summary>Plays whole episodes and records them.</summary>
public static class EpisodeRunner
{
    /// <summary>Plays one episode in each environment, all in step, until every one has ended.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="seeds">The seed of each environment's episode.</param>
    /// <param name="policy">Chooses the actions.</param>
    /// <param name="time">The clock of the episodes' names.</param>
    /// <param name="weightsVersion">Updates of the weights that act; null for random actions.</param>
    /// <param name="cancellation">Ends the episodes early; nothing of them is kept.</param>
    /// <returns>The episodes, in the order of the environments.</returns>
    /// <exception cref="OperationCanceledException">The episodes were ended early.</exception>
    public static IReadOnlyList<Episode> Run(
        IReadOnlyList<IEnvironment> environments, IReadOnlyList<ulong> seeds, IPolicy policy, TimeProvider time, long? weightsVersion, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(environments);
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(policy);
        var builders = new EpisodeBuilder[environments.Count];
        var images = new byte[environments.Count][];
        var ended = new bool[environments.Count];
        for (var i = 0; i < environments.Count; i++)
        {
            var spec = environments[i].Spec;
            var observation = environments[i].Reset(seeds[i]);
            images[i] = Image(environments[i], observation);
            builders[i] = new EpisodeBuilder(
                new ImageShape(spec.Image!.Height, spec.Image.Width), spec.Action.Size, spec.States.Select(state => state.Name));
            builders[i].Reset(images[i], observation.States);
        }

        while (Array.Exists(ended, end => !end))
        {
            cancellation.ThrowIfCancellationRequested();
            var actions = policy.Act(images);
            for (var i = 0; i < environments.Count; i++)
            {
                if (!ended[i] && environments[i] is IConcurrentEnvironment elsewhere)
                {
                    elsewhere.BeginStep(actions[i]);
                }
            }

            for (var i = 0; i < environments.Count; i++)
            {
                if (ended[i])
                {
                    continue;
                }

                var step = environments[i] is IConcurrentEnvironment elsewhere ? elsewhere.EndStep() : environments[i].Step(actions[i]);
                images[i] = Image(environments[i], step.Observation);
                builders[i].Add(actions[i], (float)step.Reward, images[i], step.Observation.States);
                ended[i] = step.Terminated || step.Truncated;
            }
        }

        return [.. builders.Select((builder, i) => builder.Build(EpisodeName.Create(time, NameStream(seeds[i])), seeds[i], weightsVersion))];
    }

    /// <summary>
    /// Where the random part of the name of a seed's episode comes from: the same seed gives the same part, so that an episode which a
    /// killed process recorded is recognised.
    /// </summary>
    /// <param name="seed">Seed of the environment's reset.</param>
    public static RandomStream NameStream(ulong seed)
    {
        return RandomStream.Fork(seed, "episode name");
    }

    private static byte[] Image(IEnvironment environment, Observation observation)
    {
        return observation.Image
            ?? throw new InvalidOperationException($"The environment {environment.Spec.Task} shows no image: wrap it in PixelObservation.");
    }
}

using PlaNet.Environments;
using PlaNet.Replay;

namespace PlaNet.Runs.Playing;

/// <summary>Plays whole episodes on the calling thread.</summary>
public static class EpisodePlayer
{
    /// <summary>Plays one episode in each environment, all in step, until every one has ended.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="seeds">The seed of each environment's episode.</param>
    /// <param name="policy">Chooses the actions.</param>
    /// <param name="cancellation">Ends the episodes early.</param>
    /// <param name="watch">Told after the resets and after every decision.</param>
    /// <param name="mostDecisions">Decisions after which to stop all the same. Default none.</param>
    /// <exception cref="OperationCanceledException">The episodes were ended early.</exception>
    public static EpisodePlay Play(
        IReadOnlyList<IEnvironment> environments,
        IReadOnlyList<ulong> seeds,
        IPolicy policy,
        CancellationToken cancellation,
        Action<EpisodePlay>? watch = null,
        int mostDecisions = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(environments);
        ArgumentNullException.ThrowIfNull(seeds);
        ArgumentNullException.ThrowIfNull(policy);
        var play = EpisodePlay.Begin(environments.Count);
        for (var i = 0; i < environments.Count; i++)
        {
            play = play.Observe(i, new StepResult(environments[i].Reset(seeds[i]), 0, Terminated: false, Truncated: false));
        }

        watch?.Invoke(play);
        while (!play.IsOver && play.Decisions < mostDecisions)
        {
            cancellation.ThrowIfCancellationRequested();
            play = play.Decide(policy.Act(play.Images));
            var due = play.Waiting.ToArray();
            foreach (var i in due)
            {
                (environments[i] as IConcurrentEnvironment)?.BeginStep(play.ActionOf(i));
            }

            foreach (var i in due)
            {
                play = play.Observe(
                    i, environments[i] is IConcurrentEnvironment elsewhere ? elsewhere.EndStep() : environments[i].Step(play.ActionOf(i)));
            }

            watch?.Invoke(play);
        }

        return play;
    }

    /// <summary>Plays one episode in each environment and records them.</summary>
    /// <param name="environments">The environments, which show images.</param>
    /// <param name="seeds">The seed of each environment's episode.</param>
    /// <param name="policy">Chooses the actions.</param>
    /// <param name="time">The clock of the episodes' names.</param>
    /// <param name="weightsVersion">Updates of the weights that act; null for random actions.</param>
    /// <param name="cancellation">Ends the episodes early; nothing of them is kept.</param>
    /// <returns>The episodes, in the order of the environments.</returns>
    /// <exception cref="OperationCanceledException">The episodes were ended early.</exception>
    public static IReadOnlyList<Episode> Record(
        IReadOnlyList<IEnvironment> environments, IReadOnlyList<ulong> seeds, IPolicy policy, TimeProvider time, long? weightsVersion, CancellationToken cancellation)
    {
        var play = Play(environments, seeds, policy, cancellation);
        return [.. environments.Select((environment, i) => play.Record(i, environment.Spec, time, seeds[i], weightsVersion))];
    }
}

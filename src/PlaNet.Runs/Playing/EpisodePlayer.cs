using PlaNet.Environments;
using PlaNet.Replay;

namespace PlaNet.Runs.Playing;

/// <summary>Plays whole episodes on the calling thread.</summary>
public static class EpisodePlayer
{
    /// <summary>Plays one episode per environment, synchronously, until all have ended.</summary>
    /// <param name="environments">The environments, which are stepped in parallel if they support it.</param>
    /// <param name="seeds">Seed of each environment's episode.</param>
    /// <param name="policy">Chooses the actions of all environments.</param>
    /// <param name="cancellation">Checked before every decision.</param>
    /// <param name="watch">Called after the resets and after every decision. Default: none.</param>
    /// <param name="maxDecisions">Maximum number of decisions. Default: no limit.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static EpisodePlay Play(
        IReadOnlyList<IEnvironment> environments,
        IReadOnlyList<ulong> seeds,
        IPolicy policy,
        CancellationToken cancellation,
        Action<EpisodePlay>? watch = null,
        int maxDecisions = int.MaxValue)
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
        while (!play.IsOver && play.Decisions < maxDecisions)
        {
            cancellation.ThrowIfCancellationRequested();
            play = play.Decide(policy.Act(play.Percepts));
            var due = play.Waiting.ToArray();
            foreach (var i in due)
            {
                (environments[i] as IConcurrentEnvironment)?.BeginStep(play.ActionOf(i));
            }

            foreach (var i in due)
            {
                play = play.Observe(
                    i,
                    environments[i] is IConcurrentEnvironment concurrent ? concurrent.EndStep() : environments[i].Step(play.ActionOf(i)));
            }

            watch?.Invoke(play);
        }

        return play;
    }

    /// <summary>Plays and records one episode per environment.</summary>
    /// <param name="environments">The environments.</param>
    /// <param name="seeds">Seed of each environment's episode.</param>
    /// <param name="policy">Chooses the actions of all environments.</param>
    /// <param name="time">Clock of the time stamps in the episodes' names.</param>
    /// <param name="weightsVersion">Version of the weights that choose the actions, in updates; null for random actions.</param>
    /// <param name="cancellation">Checked before every decision; no episode is returned if it is cancelled.</param>
    /// <param name="watch">Called after the resets and after every decision. Default: none.</param>
    /// <returns>The episodes in the order of the environments.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static IReadOnlyList<Episode> Record(
        IReadOnlyList<IEnvironment> environments,
        IReadOnlyList<ulong> seeds,
        IPolicy policy,
        TimeProvider time,
        long? weightsVersion,
        CancellationToken cancellation,
        Action<EpisodePlay>? watch = null)
    {
        var play = Play(environments, seeds, policy, cancellation, watch);
        return [.. environments.Select((environment, i) => play.Record(i, environment.Spec, time, seeds[i], weightsVersion))];
    }
}

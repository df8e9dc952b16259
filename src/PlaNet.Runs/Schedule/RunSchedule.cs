using PlaNet.Common;
using PlaNet.Experiments;

namespace PlaNet.Runs.Schedule;

/// <summary>The schedule of Algorithm 1 as pure functions. It counts updates, the authors' public code chunks.</summary>
/// <param name="Experiment">A valid experiment.</param>
public sealed record RunSchedule(Experiment Experiment)
{
    /// <summary>Updates between two rounds of collection. A round is one episode of each task.</summary>
    public int RoundInterval =>
        Options.MultiCollect == MultiCollect.Dense ? Options.CollectInterval : checked(Options.CollectInterval * Tasks);

    /// <summary>Total number of seed episodes.</summary>
    public int SeedEpisodes => Options.SeedEpisodes * Tasks;

    /// <summary>Total number of held-out episodes; 0 if the run plays none.</summary>
    public int TestEpisodes => Options.Plays ? Options.TestEpisodes * Tasks : 0;

    /// <summary>Total number of training episodes of all tasks, seed episodes included; only these if the run plays none.</summary>
    public int Episodes => Options.Plays ? checked(Options.Episodes * Tasks) : SeedEpisodes;

    /// <summary>Total number of updates.</summary>
    public int Updates => UpdatesWhileCollecting + Options.UpdatesAfterCollection;

    /// <summary>Total number of steps: <see cref="RunProgress.Step"/> at the end of the run.</summary>
    public int Steps => Episodes + TestEpisodes + Updates + Evaluations;

    /// <summary>Total number of evaluations; 0 if the run plays no episodes.</summary>
    public int Evaluations
    {
        get
        {
            if (!Options.Plays)
            {
                return 0;
            }

            var (intervals, updates) = Math.DivRem(Options.UpdatesAfterCollection, RoundInterval);
            var collected = Options.Episodes - Options.SeedEpisodes + intervals;
            var (whole, rest) = Math.DivRem(collected, Experiment.Evaluation.Every);
            return whole + (rest > 0 || updates > 0 || collected == 0 ? 1 : 0);
        }
    }

    /// <summary>The seed of an episode.</summary>
    /// <param name="run">The seed of the run.</param>
    /// <param name="step">Kind of episode: seed, test or training.</param>
    /// <param name="index">Index among the episodes of that kind, from 0.</param>
    public static ulong SeedOf(ulong run, RunStep step, int index)
    {
        var purpose = step switch
        {
            RunStep.CollectSeedEpisode => "seed episode",
            RunStep.CollectTestEpisode => "test episode",
            _ => "episode",
        };
        return RandomStream.Derive(run, purpose, (ulong)index);
    }

    private int UpdatesWhileCollecting => UpdatesBefore(Episodes - 1);

    private ScheduleOptions Options => Experiment.Schedule;

    private int Tasks => Experiment.Task.Count;

    /// <summary>
    /// The task of an episode. Seed, held-out and collected episodes each cycle through the tasks, so that a round contains every task
    /// once.
    /// </summary>
    /// <param name="index">Index among the episodes of the same kind, or among all training episodes, from 0.</param>
    /// <returns>Index of the task: 0 is <see cref="TaskOptions.Name"/>, followed by <see cref="TaskOptions.Others"/>.</returns>
    public int TaskOf(int index) => index % Tasks;

    /// <summary>
    /// Number of episodes that the agent has collected after a number of updates. The first round is collected directly after update n + 1,
    /// further rounds every n updates, where n is <see cref="RoundInterval"/>.
    /// </summary>
    /// <param name="updates">Number of completed updates.</param>
    public int CollectionsAfter(int updates) => updates < 1 ? 0 : (updates - 1) / RoundInterval * Tasks;

    /// <summary>
    /// Number of updates before an episode is collected: 0 for a seed episode, otherwise the inverse of <see cref="CollectionsAfter"/>.
    /// </summary>
    /// <param name="episode">Index of the training episode, from 0, seed episodes first.</param>
    public int UpdatesBefore(int episode)
    {
        var round = (episode / Tasks) + 1 - Options.SeedEpisodes;
        return round <= 0 ? 0 : (round * RoundInterval) + 1;
    }

    /// <summary>The seeds of all episodes that are yet to be collected.</summary>
    /// <param name="run">The seed of the run.</param>
    /// <param name="progress">Progress of the run.</param>
    public IEnumerable<ulong> SeedsAfter(ulong run, RunProgress progress) =>
        from kind in new[]
        {
            (Step: RunStep.CollectSeedEpisode, First: progress.SeedEpisodes, End: SeedEpisodes),
            (Step: RunStep.CollectTestEpisode, First: progress.TestEpisodes, End: TestEpisodes),
            (Step: RunStep.Collect, First: progress.Collected, End: Episodes - SeedEpisodes),
        }
        from index in Enumerable.Range(kind.First, Math.Max(0, kind.End - kind.First))
        select SeedOf(run, kind.Step, index);

    /// <summary>Number of updates since the last episode, up to <see cref="ScheduleOptions.UpdatesAfterCollection"/>.</summary>
    /// <param name="progress">Progress of the run.</param>
    public int UpdatesAfterCollection(RunProgress progress) => HasAllEpisodes(progress) ? progress.Updates - UpdatesWhileCollecting : 0;

    /// <summary>Standard deviation of the exploration noise after a number of updates (docs/experiments.md).</summary>
    /// <param name="updates">Number of completed updates.</param>
    public double ExplorationNoise(int updates)
    {
        var ramp = Options.ExplorationNoiseRamp;
        if (ramp == 0)
        {
            return Options.ExplorationNoise;
        }

        var fraction = updates / (double)ramp;
        return Options.ExplorationNoise * Math.Max(Options.ExplorationNoiseMinimum, Math.Min(ramp > 0 ? fraction : 1 + fraction, 1));
    }

    /// <summary>
    /// Number of evaluations that must be completed at this point: one per <see cref="EvaluationOptions.Every"/> rounds, where after the
    /// last episode <see cref="RoundInterval"/> updates count as a round, and one at the end of the run.
    /// </summary>
    /// <param name="progress">Progress of the run.</param>
    public int EvaluationsDue(RunProgress progress)
    {
        var after = UpdatesAfterCollection(progress);
        return !Options.Plays || (HasAllEpisodes(progress) && after >= Options.UpdatesAfterCollection)
            ? Evaluations
            : ((progress.Collected / Tasks) + (Math.Max(after, 0) / RoundInterval)) / Experiment.Evaluation.Every;
    }

    /// <summary>The next step in lockstep.</summary>
    /// <param name="progress">Progress of the run.</param>
    public RunStep Next(RunProgress progress) =>
        progress.SeedEpisodes < SeedEpisodes ? RunStep.CollectSeedEpisode
        : progress.TestEpisodes < TestEpisodes ? RunStep.CollectTestEpisode
        : progress.Evaluations < EvaluationsDue(progress) ? RunStep.Evaluate
        : HasAllEpisodes(progress) ? UpdatesAfterCollection(progress) < Options.UpdatesAfterCollection ? RunStep.Update : RunStep.Done
        : progress.Collected < CollectionsAfter(progress.Updates) ? RunStep.Collect
        : RunStep.Update;

    private bool HasAllEpisodes(RunProgress progress) => progress.Episodes >= Episodes;
}

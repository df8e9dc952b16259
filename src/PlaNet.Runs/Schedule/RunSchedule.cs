using PlaNet.Experiments;

namespace PlaNet.Runs.Schedule;

/// <summary>Algorithm 1's schedule as pure functions, with the counters of spec 5.2 in updates instead of chunks.</summary>
/// <param name="Experiment">The experiment. It must be valid.</param>
public sealed record RunSchedule(Experiment Experiment)
{
    /// <summary>Updates between two rounds of collection; a round is one episode of each task.</summary>
    public int RoundInterval => Options.MultiCollect == MultiCollect.Dense ? Options.CollectInterval : checked(Options.CollectInterval * Tasks);

    /// <summary>Seed episodes of the whole run.</summary>
    public int SeedEpisodes => Options.SeedEpisodes * Tasks;

    /// <summary>Held-out episodes of the whole run.</summary>
    public int TestEpisodes => Options.TestEpisodes * Tasks;

    /// <summary>Training episodes of the whole run, of all tasks and with the seed episodes.</summary>
    public int Episodes => checked(Options.Episodes * Tasks);

    /// <summary>Updates of the whole run.</summary>
    public int Updates => UpdatesWhileCollecting + Options.UpdatesAfterCollection;

    /// <summary>Steps of the whole run: what <see cref="RunProgress.Step"/> is at its end.</summary>
    public int Steps => Episodes + TestEpisodes + Updates + Evaluations;

    private int Evaluations
    {
        get
        {
            var (intervals, updates) = Math.DivRem(Options.UpdatesAfterCollection, RoundInterval);
            var collected = Options.Episodes - Options.SeedEpisodes + intervals;
            var (whole, rest) = Math.DivRem(collected, Experiment.Evaluation.Every);
            return whole + (rest > 0 || updates > 0 || collected == 0 ? 1 : 0);
        }
    }

    private int UpdatesWhileCollecting => UpdatesBefore(Episodes - 1);

    private ScheduleOptions Options => Experiment.Schedule;

    private int Tasks => Experiment.Task.Count;

    /// <summary>
    /// Which task an episode is of: seed, test and collected episodes each go through the tasks in turn, so that a round of as many episodes
    /// as there are tasks holds each once.
    /// </summary>
    /// <param name="index">Number of the episode among those of its kind, from 0; of a training episode also its number among all of them.</param>
    /// <returns>Index into the tasks: 0 is <see cref="TaskOptions.Name"/>, the others follow in their order.</returns>
    public int TaskOf(int index) => index % Tasks;

    /// <summary>
    /// Episodes the agent has collected once a number of updates is done: a round, one of each task, directly after update n + 1, then one
    /// every n updates, n being <see cref="RoundInterval"/>.
    /// </summary>
    /// <param name="updates">Updates done.</param>
    public int CollectionsAfter(int updates) => updates < 1 ? 0 : (updates - 1) / RoundInterval * Tasks;

    /// <summary>Updates done when an episode was collected: 0 for a seed episode, the inverse of <see cref="CollectionsAfter"/> for others.</summary>
    /// <param name="episode">Index of the training episode, from 0, seed episodes first.</param>
    public int UpdatesBefore(int episode)
    {
        var round = (episode / Tasks) + 1 - Options.SeedEpisodes;
        return round <= 0 ? 0 : (round * RoundInterval) + 1;
    }

    /// <summary>Updates done since all episodes were there, of <see cref="ScheduleOptions.UpdatesAfterCollection"/>.</summary>
    /// <param name="progress">How far the run has come.</param>
    public int UpdatesAfterCollection(RunProgress progress) => HasAllEpisodes(progress) ? progress.Updates - UpdatesWhileCollecting : 0;

    /// <summary>Standard deviation of the exploration noise after a number of updates (spec 4.3).</summary>
    /// <param name="updates">Updates done.</param>
    public double ExplorationNoise(int updates)
    {
        var ramp = Options.ExplorationNoiseRamp;
        if (ramp == 0)
        {
            return Options.ExplorationNoise;
        }

        var climbed = updates / (double)ramp;
        return Options.ExplorationNoise * Math.Max(Options.ExplorationNoiseMinimum, Math.Min(ramp > 0 ? climbed : 1 + climbed, 1));
    }

    /// <summary>Evaluations that are to have been done: one every so many rounds, or updates that count as such, and one after the last.</summary>
    /// <param name="progress">How far the run has come.</param>
    public int EvaluationsDue(RunProgress progress)
    {
        var after = UpdatesAfterCollection(progress);
        return HasAllEpisodes(progress) && after >= Options.UpdatesAfterCollection
            ? Evaluations
            : ((progress.Collected / Tasks) + (Math.Max(after, 0) / RoundInterval)) / Experiment.Evaluation.Every;
    }

    /// <summary>What comes next in lockstep.</summary>
    /// <param name="progress">How far the run has come.</param>
    public RunStep Next(RunProgress progress) =>
        progress.SeedEpisodes < SeedEpisodes ? RunStep.CollectSeedEpisode
        : progress.TestEpisodes < TestEpisodes ? RunStep.CollectTestEpisode
        : progress.Evaluations < EvaluationsDue(progress) ? RunStep.Evaluate
        : HasAllEpisodes(progress) ? UpdatesAfterCollection(progress) < Options.UpdatesAfterCollection ? RunStep.Update : RunStep.Done
        : progress.Collected < CollectionsAfter(progress.Updates) ? RunStep.Collect
        : RunStep.Update;

    private bool HasAllEpisodes(RunProgress progress) => progress.Episodes >= Episodes;
}

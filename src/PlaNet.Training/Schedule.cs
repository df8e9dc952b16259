using PlaNet.Experiments;

namespace PlaNet.Training;

/// <summary>What a run does next.</summary>
public enum RunStep
{
    /// <summary>Collect a training episode with random actions.</summary>
    CollectSeedEpisode,

    /// <summary>Collect a held-out episode with random actions.</summary>
    CollectTestEpisode,

    /// <summary>Update the model on a fresh batch.</summary>
    Update,

    /// <summary>Collect a training episode with the planner and exploration noise.</summary>
    Collect,

    /// <summary>Evaluate the agent without exploration noise.</summary>
    Evaluate,

    /// <summary>Nothing: the run is complete.</summary>
    Done,
}

/// <summary>How far a run has come: the whole position in its schedule.</summary>
/// <param name="SeedEpisodes">Seed episodes collected.</param>
/// <param name="TestEpisodes">Test episodes collected.</param>
/// <param name="Updates">Updates done.</param>
/// <param name="Collected">Training episodes collected by the agent.</param>
/// <param name="Evaluations">Evaluations done.</param>
public sealed record RunProgress(int SeedEpisodes = 0, int TestEpisodes = 0, int Updates = 0, int Collected = 0, int Evaluations = 0)
{
    /// <summary>Steps of the schedule that are done; grows by one with each.</summary>
    public int Step => SeedEpisodes + TestEpisodes + Updates + Collected + Evaluations;

    /// <summary>Training episodes, seed episodes included.</summary>
    public int Episodes => SeedEpisodes + Collected;
}

/// <summary>Algorithm 1's schedule as a pure function, with the counters of spec 5.2 in updates instead of chunks.</summary>
public static class Schedule
{
    /// <summary>
    /// Which task an episode is of: seed, test and collected episodes each go through the tasks in turn, so that a round of as many episodes
    /// as there are tasks holds each once.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="index">Number of the episode among those of its kind, from 0; of a training episode also its number among all of them.</param>
    /// <returns>Index into the tasks: 0 is <see cref="TaskOptions.Name"/>, the others follow in their order.</returns>
    public static int TaskOf(Experiment experiment, int index)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return index % experiment.Task.Count;
    }

    /// <summary>Updates between two rounds of collection, a round being one episode of each task.</summary>
    /// <param name="experiment">The experiment.</param>
    public static int RoundInterval(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var interval = experiment.Schedule.CollectInterval;
        return experiment.Schedule.MultiCollect == MultiCollect.Dense ? interval : checked(interval * experiment.Task.Count);
    }

    /// <summary>Training episodes of the whole run, of all tasks and with the seed episodes.</summary>
    /// <param name="experiment">The experiment.</param>
    public static int EpisodesInAll(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return checked(experiment.Schedule.Episodes * experiment.Task.Count);
    }

    /// <summary>
    /// Episodes the agent has collected once a number of updates is done: a round, one of each task, directly after update n + 1, then one
    /// every n updates, n being <see cref="RoundInterval"/>.
    /// </summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="updates">Updates done.</param>
    public static int CollectionsAfter(Experiment experiment, int updates)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return updates < 1 ? 0 : (updates - 1) / RoundInterval(experiment) * experiment.Task.Count;
    }

    /// <summary>Updates done when an episode was collected: 0 for a seed episode, the inverse of <see cref="CollectionsAfter"/> for others.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="episode">Index of the training episode, from 0, seed episodes first.</param>
    public static int UpdatesBefore(Experiment experiment, int episode)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var round = (episode / experiment.Task.Count) + 1 - experiment.Schedule.SeedEpisodes;
        return round <= 0 ? 0 : (round * RoundInterval(experiment)) + 1;
    }

    /// <summary>Standard deviation of the exploration noise after a number of updates (spec 4.3).</summary>
    /// <param name="options">The schedule.</param>
    /// <param name="updates">Updates done.</param>
    public static double ExplorationNoise(ScheduleOptions options, int updates)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ExplorationNoiseRamp == 0)
        {
            return options.ExplorationNoise;
        }

        var climbed = updates / (double)options.ExplorationNoiseRamp;
        var part = Math.Min(options.ExplorationNoiseRamp > 0 ? climbed : 1 + climbed, 1);
        return options.ExplorationNoise * Math.Max(options.ExplorationNoiseMinimum, part);
    }

    /// <summary>Updates done since all episodes were there, of <see cref="ScheduleOptions.UpdatesAfterCollection"/>.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="progress">How far the run has come.</param>
    public static int UpdatesAfterCollection(Experiment experiment, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(progress);
        return progress.Episodes < EpisodesInAll(experiment) ? 0 : progress.Updates - UpdatesWhileCollecting(experiment);
    }

    /// <summary>Evaluations that are to have been done: one every so many rounds, or updates that count as such, and one after the last.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="progress">How far the run has come.</param>
    public static int EvaluationsDue(Experiment experiment, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(progress);
        var after = UpdatesAfterCollection(experiment, progress);
        if (progress.Episodes >= EpisodesInAll(experiment) && after >= experiment.Schedule.UpdatesAfterCollection)
        {
            return EvaluationsInAll(experiment);
        }

        var rounds = (progress.Collected / experiment.Task.Count) + (Math.Max(after, 0) / RoundInterval(experiment));
        return rounds / experiment.Evaluation.Every;
    }

    /// <summary>What comes next.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="progress">How far the run has come.</param>
    public static RunStep Next(Experiment experiment, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(progress);
        var schedule = experiment.Schedule;
        var tasks = experiment.Task.Count;
        if (progress.SeedEpisodes < schedule.SeedEpisodes * tasks)
        {
            return RunStep.CollectSeedEpisode;
        }

        if (progress.TestEpisodes < schedule.TestEpisodes * tasks)
        {
            return RunStep.CollectTestEpisode;
        }

        if (progress.Evaluations < EvaluationsDue(experiment, progress))
        {
            return RunStep.Evaluate;
        }

        if (progress.Episodes >= EpisodesInAll(experiment))
        {
            return UpdatesAfterCollection(experiment, progress) < schedule.UpdatesAfterCollection ? RunStep.Update : RunStep.Done;
        }

        return progress.Collected < CollectionsAfter(experiment, progress.Updates) ? RunStep.Collect : RunStep.Update;
    }

    /// <summary>The progress once a step is done.</summary>
    /// <param name="progress">How far the run had come.</param>
    /// <param name="step">The step that was done.</param>
    public static RunProgress After(RunProgress progress, RunStep step)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return step switch
        {
            RunStep.CollectSeedEpisode => progress with { SeedEpisodes = progress.SeedEpisodes + 1 },
            RunStep.CollectTestEpisode => progress with { TestEpisodes = progress.TestEpisodes + 1 },
            RunStep.Update => progress with { Updates = progress.Updates + 1 },
            RunStep.Collect => progress with { Collected = progress.Collected + 1 },
            RunStep.Evaluate => progress with { Evaluations = progress.Evaluations + 1 },
            _ => progress,
        };
    }

    /// <summary>Updates of the whole run.</summary>
    /// <param name="experiment">The experiment.</param>
    public static int UpdatesInAll(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return UpdatesWhileCollecting(experiment) + experiment.Schedule.UpdatesAfterCollection;
    }

    /// <summary>Steps of the whole run: what <see cref="RunProgress.Step"/> is at its end.</summary>
    /// <param name="experiment">The experiment.</param>
    public static int StepsInAll(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var schedule = experiment.Schedule;
        return EpisodesInAll(experiment) + (schedule.TestEpisodes * experiment.Task.Count) + UpdatesInAll(experiment) + EvaluationsInAll(experiment);
    }

    private static int UpdatesWhileCollecting(Experiment experiment)
    {
        return UpdatesBefore(experiment, EpisodesInAll(experiment) - 1);
    }

    private static int EvaluationsInAll(Experiment experiment)
    {
        var schedule = experiment.Schedule;
        var (intervals, updates) = Math.DivRem(schedule.UpdatesAfterCollection, RoundInterval(experiment));
        var collected = schedule.Episodes - schedule.SeedEpisodes + intervals;
        var (whole, rest) = Math.DivRem(collected, experiment.Evaluation.Every);
        return whole + (rest > 0 || updates > 0 || collected == 0 ? 1 : 0);
    }
}

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
    /// Episodes the agent has collected once a number of updates is done: the first directly after update C + 1, then one every C
    /// updates, C being <see cref="ScheduleOptions.CollectInterval"/>.
    /// </summary>
    /// <param name="options">The schedule.</param>
    /// <param name="updates">Updates done.</param>
    public static int CollectionsAfter(ScheduleOptions options, int updates)
    {
        ArgumentNullException.ThrowIfNull(options);
        return updates < 1 ? 0 : (updates - 1) / options.CollectInterval;
    }

    /// <summary>Updates done when an episode was collected: 0 for a seed episode, the inverse of <see cref="CollectionsAfter"/> for others.</summary>
    /// <param name="options">The schedule.</param>
    /// <param name="episode">Index of the training episode, from 0, seed episodes first.</param>
    public static int UpdatesBefore(ScheduleOptions options, int episode)
    {
        ArgumentNullException.ThrowIfNull(options);
        var collected = episode + 1 - options.SeedEpisodes;
        return collected <= 0 ? 0 : (collected * options.CollectInterval) + 1;
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
    /// <param name="options">The schedule.</param>
    /// <param name="progress">How far the run has come.</param>
    public static int UpdatesAfterCollection(ScheduleOptions options, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        return progress.Episodes < options.Episodes ? 0 : progress.Updates - UpdatesWhileCollecting(options);
    }

    /// <summary>Evaluations that are to have been done: one every so many collected episodes, or updates that count as such, and one after the last.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="progress">How far the run has come.</param>
    public static int EvaluationsDue(Experiment experiment, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(progress);
        var schedule = experiment.Schedule;
        var after = UpdatesAfterCollection(schedule, progress);
        return progress.Episodes >= schedule.Episodes && after >= schedule.UpdatesAfterCollection
            ? EvaluationsInAll(experiment)
            : (progress.Collected + (Math.Max(after, 0) / schedule.CollectInterval)) / experiment.Evaluation.Every;
    }

    /// <summary>What comes next.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="progress">How far the run has come.</param>
    public static RunStep Next(Experiment experiment, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(progress);
        var schedule = experiment.Schedule;
        if (progress.SeedEpisodes < schedule.SeedEpisodes)
        {
            return RunStep.CollectSeedEpisode;
        }

        if (progress.TestEpisodes < schedule.TestEpisodes)
        {
            return RunStep.CollectTestEpisode;
        }

        if (progress.Evaluations < EvaluationsDue(experiment, progress))
        {
            return RunStep.Evaluate;
        }

        if (progress.Episodes >= schedule.Episodes)
        {
            return UpdatesAfterCollection(schedule, progress) < schedule.UpdatesAfterCollection ? RunStep.Update : RunStep.Done;
        }

        return progress.Collected < CollectionsAfter(schedule, progress.Updates) ? RunStep.Collect : RunStep.Update;
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
        return UpdatesWhileCollecting(experiment.Schedule) + experiment.Schedule.UpdatesAfterCollection;
    }

    private static int UpdatesWhileCollecting(ScheduleOptions options)
    {
        return UpdatesBefore(options, options.Episodes - 1);
    }

    private static int EvaluationsInAll(Experiment experiment)
    {
        var schedule = experiment.Schedule;
        var (intervals, updates) = Math.DivRem(schedule.UpdatesAfterCollection, schedule.CollectInterval);
        var collected = schedule.Episodes - schedule.SeedEpisodes + intervals;
        var (whole, rest) = Math.DivRem(collected, experiment.Evaluation.Every);
        return whole + (rest > 0 || updates > 0 || collected == 0 ? 1 : 0);
    }
}

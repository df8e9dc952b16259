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

        if (progress.Evaluations < progress.Collected / experiment.Evaluation.Every)
        {
            return RunStep.Evaluate;
        }

        if (progress.Episodes >= schedule.Episodes)
        {
            return progress.Evaluations < EvaluationsInAll(experiment) ? RunStep.Evaluate : RunStep.Done;
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
        var collected = experiment.Schedule.Episodes - experiment.Schedule.SeedEpisodes;
        return collected == 0 ? 0 : (collected * experiment.Schedule.CollectInterval) + 1;
    }

    // One every so many collected episodes, and one after the last.
    private static int EvaluationsInAll(Experiment experiment)
    {
        var collected = experiment.Schedule.Episodes - experiment.Schedule.SeedEpisodes;
        var (whole, rest) = Math.DivRem(collected, experiment.Evaluation.Every);
        return whole + (rest > 0 || collected == 0 ? 1 : 0);
    }
}

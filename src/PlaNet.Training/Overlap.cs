using PlaNet.Experiments;

namespace PlaNet.Training;

/// <summary>
/// The schedule with collection and evaluation beside the updates, as pure functions. An episode is begun as soon as lockstep would
/// begin it; the updates go on meanwhile, until the collection lags behind them by <see cref="ScheduleOptions.Lag"/> episodes. So the
/// updates to a collected step are bounded, and neither side waits while it may go on.
/// </summary>
public static class Overlap
{
    /// <summary>Whether the next update may begin.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="progress">How far the run has come.</param>
    public static bool MayUpdate(Experiment experiment, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var schedule = experiment.Schedule;
        return HasBegun(schedule, progress)
            && progress.Updates < Schedule.UpdatesInAll(experiment)
            && Demand(schedule, progress) - progress.Collected <= schedule.Lag;
    }

    /// <summary>Episodes that may be begun now, to be collected at once.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="progress">How far the run has come.</param>
    /// <returns>0 to <see cref="ScheduleOptions.Environments"/>.</returns>
    public static int MayCollect(Experiment experiment, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var schedule = experiment.Schedule;
        if (!HasBegun(schedule, progress))
        {
            return 0;
        }

        // A whole round at a time, except for the rest.
        var round = Math.Min(schedule.Environments, schedule.Episodes - progress.Episodes);
        return Demand(schedule, progress) - progress.Collected >= round ? round : 0;
    }

    /// <summary>Whether the next evaluation is due.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="progress">How far the run has come.</param>
    public static bool MayEvaluate(Experiment experiment, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(progress);
        return Schedule.EvaluationsDue(experiment, progress) > progress.Evaluations;
    }

    private static bool HasBegun(ScheduleOptions schedule, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        return progress.SeedEpisodes >= schedule.SeedEpisodes && progress.TestEpisodes >= schedule.TestEpisodes;
    }

    // Episodes that lockstep would have collected after as many updates.
    private static int Demand(ScheduleOptions schedule, RunProgress progress)
    {
        return Math.Min(Schedule.CollectionsAfter(schedule, progress.Updates), schedule.Episodes - schedule.SeedEpisodes);
    }
}

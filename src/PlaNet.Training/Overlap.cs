using PlaNet.Experiments;

namespace PlaNet.Training;

/// <summary>
/// The schedule with collection and evaluation beside the updates, as pure functions. An episode is begun as soon as lockstep would
/// begin it; the updates go on meanwhile, until the collection lags behind them by <see cref="ScheduleOptions.Lag"/> rounds. So the
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
        return HasBegun(experiment, progress)
            && progress.Updates < Schedule.UpdatesInAll(experiment)
            && Demand(experiment, progress) - progress.Collected <= experiment.Schedule.Lag * experiment.Task.Count;
    }

    /// <summary>Episodes that may be begun now, to be collected at once.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="progress">How far the run has come.</param>
    /// <returns>0 to <see cref="ScheduleOptions.Environments"/>.</returns>
    public static int MayCollect(Experiment experiment, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (!HasBegun(experiment, progress))
        {
            return 0;
        }

        // As many as there are environments, except for the rest.
        var together = Math.Min(experiment.Schedule.Environments, Schedule.EpisodesInAll(experiment) - progress.Episodes);
        return Demand(experiment, progress) - progress.Collected >= together ? together : 0;
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

    private static bool HasBegun(Experiment experiment, RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var (schedule, tasks) = (experiment.Schedule, experiment.Task.Count);
        return progress.SeedEpisodes >= schedule.SeedEpisodes * tasks && progress.TestEpisodes >= schedule.TestEpisodes * tasks;
    }

    // Episodes that lockstep would have collected after as many updates.
    private static int Demand(Experiment experiment, RunProgress progress)
    {
        var inAll = Schedule.EpisodesInAll(experiment) - (experiment.Schedule.SeedEpisodes * experiment.Task.Count);
        return Math.Min(Schedule.CollectionsAfter(experiment, progress.Updates), inAll);
    }
}

using PlaNet.Experiments;

namespace PlaNet.Runs.Schedule;

/// <summary>
/// The overlapped schedule, with collection and evaluation in parallel with the updates, as pure functions. An episode begins when it would
/// begin in lockstep. Updates continue until the collection lags by <see cref="ScheduleOptions.Lag"/> rounds. The ratio of updates to
/// collected steps is therefore bounded, and neither side waits within that bound.
/// </summary>
/// <param name="Experiment">A valid experiment.</param>
public sealed record Overlap(Experiment Experiment)
{
    private readonly RunSchedule _schedule = new(Experiment);

    private ScheduleOptions Options => Experiment.Schedule;

    /// <summary>Whether the next update may begin.</summary>
    /// <param name="progress">Progress of the run.</param>
    public bool MayUpdate(RunProgress progress) => HasBegun(progress)
        && progress.Updates < _schedule.Updates
        && Demand(progress) - progress.Collected <= Options.Lag * Experiment.Task.Count;

    /// <summary>The episodes that may be collected now.</summary>
    /// <param name="progress">Progress of the run.</param>
    /// <returns>Kind and number of episodes to collect in parallel, from 0 to <see cref="ScheduleOptions.Environments"/>.</returns>
    public (RunStep Step, int Count) MayCollect(RunProgress progress)
    {
        if (_schedule.SeedEpisodes - progress.SeedEpisodes is > 0 and var seeds)
        {
            return (RunStep.CollectSeedEpisode, Math.Min(Options.Environments, seeds));
        }

        if (_schedule.TestEpisodes - progress.TestEpisodes is > 0 and var tests)
        {
            return (RunStep.CollectTestEpisode, Math.Min(Options.Environments, tests));
        }

        // All environments play together, so collection waits until there is an episode for each, except for the last episodes of the run.
        var together = Math.Min(Options.Environments, _schedule.Episodes - progress.Episodes);
        return (RunStep.Collect, Demand(progress) - progress.Collected >= together ? together : 0);
    }

    /// <summary>Whether the next evaluation may begin.</summary>
    /// <param name="progress">Progress of the run.</param>
    public bool MayEvaluate(RunProgress progress) => _schedule.EvaluationsDue(progress) > progress.Evaluations;

    private bool HasBegun(RunProgress progress) =>
        progress.SeedEpisodes >= _schedule.SeedEpisodes && progress.TestEpisodes >= _schedule.TestEpisodes;

    // Episodes that lockstep would have collected after the same number of updates.
    private int Demand(RunProgress progress) =>
        Math.Min(_schedule.CollectionsAfter(progress.Updates), _schedule.Episodes - _schedule.SeedEpisodes);
}

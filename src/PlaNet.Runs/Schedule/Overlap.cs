using PlaNet.Experiments;

namespace PlaNet.Runs.Schedule;

/// <summary>
/// The schedule with collection and evaluation beside the updates, as pure functions. An episode is begun as soon as lockstep would begin
/// it; updates continue meanwhile, until the collection lags behind them by <see cref="ScheduleOptions.Lag"/> rounds. So the ratio of
/// updates to collected steps is bounded, and neither side waits within that bound.
/// </summary>
/// <param name="Experiment">The experiment. It must be valid.</param>
public sealed record Overlap(Experiment Experiment)
{
    private readonly RunSchedule _schedule = new(Experiment);

    private ScheduleOptions Options => Experiment.Schedule;

    /// <summary>Whether the next update may begin.</summary>
    /// <param name="progress">How far the run has come.</param>
    public bool MayUpdate(RunProgress progress) => HasBegun(progress)
        && progress.Updates < _schedule.Updates
        && Demand(progress) - progress.Collected <= Options.Lag * Experiment.Task.Count;

    /// <summary>What may be collected now.</summary>
    /// <param name="progress">How far the run has come.</param>
    /// <returns>The kind of episode, and 0 to <see cref="ScheduleOptions.Environments"/> of them, to be collected at once.</returns>
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

        // As many as there are environments, except for the rest.
        var together = Math.Min(Options.Environments, _schedule.Episodes - progress.Episodes);
        return (RunStep.Collect, Demand(progress) - progress.Collected >= together ? together : 0);
    }

    /// <summary>Whether the next evaluation is due.</summary>
    /// <param name="progress">How far the run has come.</param>
    public bool MayEvaluate(RunProgress progress) => _schedule.EvaluationsDue(progress) > progress.Evaluations;

    private bool HasBegun(RunProgress progress) =>
        progress.SeedEpisodes >= _schedule.SeedEpisodes && progress.TestEpisodes >= _schedule.TestEpisodes;

    // Episodes that lockstep would have collected after as many updates.
    private int Demand(RunProgress progress) => Math.Min(_schedule.CollectionsAfter(progress.Updates), _schedule.Episodes - _schedule.SeedEpisodes);
}

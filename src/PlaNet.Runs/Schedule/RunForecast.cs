using PlaNet.Experiments;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Schedule;

/// <summary>
/// Estimates the time that a run still takes, from smoothed durations of its steps. In lockstep the steps that are left add up; overlapped,
/// the slowest role decides, and the last evaluation follows the last update.
/// </summary>
/// <param name="Experiment">A valid experiment.</param>
public sealed record RunForecast(Experiment Experiment)
{
    // Time constant of the smoothing of updates, in seconds, and weight of the newest of other steps, which take seconds or minutes.
    private const double SmoothingSeconds = 30;
    private const double NewestWeight = 0.3;

    // A step that takes more than this times the estimate counts as this much.
    private const double LargestRatio = 10;

    private readonly RunSchedule _schedule = new(Experiment);

    /// <summary>Seconds of an update; null before the first.</summary>
    public double? Update { get; init; }

    /// <summary>Seconds of collecting an episode with the agent; null before the first.</summary>
    public double? Episode { get; init; }

    /// <summary>Seconds of an evaluation; null before the first.</summary>
    public double? Evaluation { get; init; }

    /// <summary>Seconds of saving a checkpoint; null before the first.</summary>
    public double? Checkpoint { get; init; }

    /// <summary>Seconds of the longest kind of step that is known; 0 if none is.</summary>
    public double LongestStep => Math.Max(Update ?? 0, Math.Max(Episode ?? 0, Evaluation ?? 0));

    /// <summary>The forecast after a step of the run.</summary>
    /// <param name="runEvent">Any event of the run.</param>
    public RunForecast After(RunEvent runEvent) => runEvent switch
    {
        UpdateDone update => this with
        {
            Update = Smoothed(Update, update.Seconds, seconds => 1 - Math.Exp(-seconds / SmoothingSeconds)),
        },
        EpisodeCollected { Step: RunStep.Collect } episode => this with { Episode = Smoothed(Episode, episode.Seconds, _ => NewestWeight) },
        EvaluationDone evaluation => this with { Evaluation = Smoothed(Evaluation, evaluation.Seconds, _ => NewestWeight) },
        CheckpointSaved saved => this with { Checkpoint = Smoothed(Checkpoint, saved.Seconds, _ => NewestWeight) },
        _ => this,
    };

    /// <summary>Seconds until the run is complete; null while the duration of an update or of an episode that is left is unknown.</summary>
    /// <param name="progress">Progress of the run.</param>
    public double? SecondsLeft(RunProgress progress)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var updates = _schedule.Updates - progress.Updates;
        var episodes = _schedule.Episodes - Math.Max(progress.Episodes, _schedule.SeedEpisodes);
        var evaluations = _schedule.Evaluations - progress.Evaluations;
        if ((updates > 0 && Update is null) || (episodes > 0 && Episode is null))
        {
            return null;
        }

        // Until one was measured, an evaluation is taken to play its batches as fast as single episodes are collected.
        var batches = Math.Ceiling(Experiment.Evaluation.Episodes / (double)Evaluator.LargestBatch) * Experiment.Task.Count;
        var evaluation = Evaluation ?? ((Episode ?? 0) * batches);
        var (learning, playing) = (updates * (Update ?? 0), episodes * (Episode ?? 0));
        var saving = (episodes + evaluations) * (Checkpoint ?? 0);
        return Experiment.Schedule.Order == ScheduleOrder.Overlapped
            ? Math.Max(Math.Max(learning + saving, playing), (evaluations - 1) * evaluation) + (evaluations > 0 ? evaluation : 0)
            : learning + playing + saving + (evaluations * evaluation);
    }

    // A stopped process or a sleeping computer makes one step last for hours, which says nothing of those to come.
    private static double Smoothed(double? earlier, double newest, Func<double, double> weight)
    {
        if (earlier is not { } before)
        {
            return newest;
        }

        var counted = Math.Min(newest, LargestRatio * before);
        return before + (weight(counted) * (counted - before));
    }
}

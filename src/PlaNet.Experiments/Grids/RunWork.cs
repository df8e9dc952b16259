namespace PlaNet.Experiments.Grids;

/// <summary>The work of a complete run, computed from its experiment alone.</summary>
/// <param name="Updates">Updates of the model.</param>
/// <param name="Decisions">Planner decisions, including evaluations.</param>
/// <param name="Steps">Environment steps, each with a rendered frame, including evaluations and random episodes.</param>
/// <param name="FrameBytes">Bytes of the stored frames at the end, at most; compression to half the size is assumed.</param>
/// <param name="FurtherBytes">Bytes of videos, metrics and the event file.</param>
public sealed record RunWork(long Updates, long Decisions, long Steps, double FrameBytes, double FurtherBytes)
{
    // Each parameter and Adam's two moments.
    private const int CheckpointCopies = 3;

    // Frames are stored compressed; measured on the suite, to less than half their size.
    private const double BytesOfValue = 1 / 2.0;
    private const double VideoBytes = 2.5e6;
    private const double MetricsBytes = 600;

    // The event file for TensorBoard contains the videos and the metrics once more, with histograms.
    private const double EventBytes = 600;

    /// <summary>Bytes of the run directory at the end, at most.</summary>
    /// <param name="parameters">Number of model parameters.</param>
    /// <param name="checkpointsKept">Number of checkpoints that are kept, at least 2.</param>
    public double DiskBytes(long parameters, int checkpointsKept) =>
        FrameBytes + FurtherBytes + (checkpointsKept * CheckpointCopies * sizeof(float) * (double)parameters);

    /// <summary>The work of a run.</summary>
    /// <param name="experiment">A valid experiment.</param>
    public static RunWork Of(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var schedule = experiment.Schedule;
        var task = experiment.Task;

        // A round is one episode of every task.
        long perRound = task.Decisions + task.OtherTasks.Sum(other => DecisionsOf(other, task));
        long interval = (long)schedule.CollectInterval * (schedule.MultiCollect == MultiCollect.Dense ? 1 : task.Count);
        var (episodes, held) = schedule.Plays ? (schedule.Episodes, schedule.TestEpisodes) : (schedule.SeedEpisodes, 0);
        long collected = episodes - schedule.SeedEpisodes;
        var updates = (collected > 0 ? (collected * interval) + 1 : 0) + schedule.UpdatesAfterCollection;
        var counted = collected + (schedule.UpdatesAfterCollection / interval);
        var evaluations = !schedule.Plays ? 0 : Math.Max(1, (counted + experiment.Evaluation.Every - 1) / experiment.Evaluation.Every);
        var evaluated = evaluations * experiment.Evaluation.Episodes * perRound;
        var planned = schedule.Collect == CollectionPolicy.Planner ? collected * perRound : 0;
        var stored = (episodes + held) * (perRound + task.Count);
        return new RunWork(
            updates,
            planned + evaluated,
            schedule.Plays ? stored + evaluated : 0,
            stored * BytesOfValue * task.ImageChannels * task.ObservedImageSize * task.ObservedImageSize,
            (2 * evaluations * VideoBytes) + (updates * (MetricsBytes + EventBytes)));
    }

    private static long DecisionsOf(OtherTask other, TaskOptions task) =>
        (task with { ActionRepeat = other.ActionRepeat ?? task.ActionRepeat }).Decisions;
}

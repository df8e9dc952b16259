namespace PlaNet.Experiments.Grids;

/// <summary>How much of what a whole run does, counted from its experiment alone.</summary>
/// <param name="Updates">Updates of the model.</param>
/// <param name="Decisions">Decisions of the planner, evaluations included.</param>
/// <param name="Steps">Decisions that environments take, each with a frame, evaluations and random episodes included.</param>
/// <param name="FrameBytes">Bytes of the stored frames at the end, at most; what compresses them is counted with the half.</param>
/// <param name="FurtherBytes">Bytes of videos and metrics.</param>
public sealed record RunWork(long Updates, long Decisions, long Steps, double FrameBytes, double FurtherBytes)
{
    // A checkpoint holds each parameter and two moments.
    private const int CheckpointCopies = 3;

    // An episode's frames compress; what the frames of the suite came to is below half.
    private const double BytesOfFrame = 64 * 64 * 3 / 2.0;
    private const double VideoBytes = 1.5e6;
    private const double MetricsBytes = 600;

    /// <summary>Bytes of the run directory at the end, at most.</summary>
    /// <param name="parameters">Numbers that the model learns.</param>
    /// <param name="checkpointsKept">Checkpoints that are kept, at least 2.</param>
    public double DiskBytes(long parameters, int checkpointsKept) =>
        FrameBytes + FurtherBytes + (checkpointsKept * CheckpointCopies * sizeof(float) * (double)parameters);

    /// <summary>The work of a run.</summary>
    /// <param name="experiment">A sound experiment.</param>
    public static RunWork Of(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var schedule = experiment.Schedule;
        var task = experiment.Task;

        // An episode of every task is a round.
        long perRound = task.Decisions + task.OtherTasks.Sum(other => DecisionsOf(other, task));
        long interval = (long)schedule.CollectInterval * (schedule.MultiCollect == MultiCollect.Dense ? 1 : task.Count);
        long collected = schedule.Episodes - schedule.SeedEpisodes;
        var updates = (collected > 0 ? (collected * interval) + 1 : 0) + schedule.UpdatesAfterCollection;
        var counted = collected + (schedule.UpdatesAfterCollection / interval);
        var evaluations = Math.Max(1, (counted + experiment.Evaluation.Every - 1) / experiment.Evaluation.Every);
        var evaluated = evaluations * experiment.Evaluation.Episodes * perRound;
        var planned = schedule.Collect == CollectionPolicy.Planner ? collected * perRound : 0;
        var stored = (schedule.Episodes + schedule.TestEpisodes) * (perRound + task.Count);
        return new RunWork(
            updates, planned + evaluated, stored + evaluated, stored * BytesOfFrame, (evaluations * VideoBytes) + (updates * MetricsBytes));
    }

    private static long DecisionsOf(OtherTask other, TaskOptions task) => (task with { ActionRepeat = other.ActionRepeat ?? task.ActionRepeat }).Decisions;
}

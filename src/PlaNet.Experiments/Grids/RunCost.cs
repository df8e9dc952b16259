namespace PlaNet.Experiments.Grids;

/// <summary>What a whole run costs, from its experiment alone.</summary>
/// <param name="Updates">Updates of the model.</param>
/// <param name="Decisions">Decisions of the planner, evaluations included.</param>
/// <param name="Flops">Floating-point operations of both.</param>
/// <param name="Frames">Frames that are rendered.</param>
/// <param name="DiskBytes">Bytes of its run directory at the end, at most.</param>
public sealed record RunCost(long Updates, long Decisions, double Flops, long Frames, double DiskBytes)
{
    // An episode's frames compress; what the frames of the suite came to is below half. A checkpoint holds each parameter and two moments.
    private const double FrameBytes = 64 * 64 * 3 / 2.0;
    private const int CheckpointCopies = 3;
    private const double VideoBytes = 1.5e6;
    private const double MetricsBytes = 600;

    /// <summary>The cost of a run.</summary>
    /// <param name="experiment">A sound experiment.</param>
    /// <param name="actionSize">Numbers in an action of its task, at least 1.</param>
    /// <param name="checkpointsKept">Checkpoints that are kept, at least 2.</param>
    public static RunCost Of(Experiment experiment, int actionSize, int checkpointsKept = 2)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var cost = ModelCost.Of(experiment, actionSize);
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
        return new RunCost(
            updates,
            planned + evaluated,
            (updates * cost.UpdateFlops) + ((planned + evaluated) * cost.DecisionFlops),
            stored + evaluated,
            (stored * FrameBytes) + (checkpointsKept * CheckpointCopies * sizeof(float) * (double)cost.Parameters)
                + (evaluations * VideoBytes) + (updates * MetricsBytes));
    }

    private static long DecisionsOf(OtherTask other, TaskOptions task) => (task with { ActionRepeat = other.ActionRepeat ?? task.ActionRepeat }).Decisions;
}

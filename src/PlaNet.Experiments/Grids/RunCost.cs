namespace PlaNet.Experiments.Grids;

/// <summary>What a whole run costs, from its experiment alone.</summary>
/// <param name="Updates">Updates of the model.</param>
/// <param name="Decisions">Decisions of the planner, evaluations included.</param>
/// <param name="Flops">Floating-point operations of both.</param>
/// <param name="Frames">Frames that are rendered.</param>
/// <param name="DiskBytes">Bytes of its run directory at the end, at most.</param>
/// <param name="UpdateSteps">Time steps of chunks that updates go through one after the other, whatever the number of chunks.</param>
/// <param name="PlanningSteps">Time steps of imagined futures that decisions go through one after the other, whatever the number of candidates.</param>
/// <param name="VideoFrames">Frames of evaluations that are shown in videos.</param>
public sealed record RunCost(
    long Updates, long Decisions, double Flops, long Frames, double DiskBytes, long UpdateSteps, long PlanningSteps, long VideoFrames)
{
    /// <summary>Seconds of a step of <see cref="UpdateSteps"/> beyond its arithmetic, forward and backward, as measured with small networks.</summary>
    public const double UpdateStepSeconds = 0.0022;

    /// <summary>Seconds of a step of <see cref="PlanningSteps"/> beyond its arithmetic.</summary>
    public const double PlanningStepSeconds = 0.00015;

    /// <summary>Seconds of a frame of 64x64 with its physics, drawn in software on one core: 0.001 to 0.006 with the task and the quality.</summary>
    public const double FrameSeconds = 0.003;

    /// <summary>Seconds in which a frame of an evaluation becomes part of its videos.</summary>
    public const double VideoFrameSeconds = 0.012;

    /// <summary>Seconds until the program is up.</summary>
    public const double StartSeconds = 2;

    // An episode's frames compress; what the frames of the suite came to is below half. A checkpoint holds each parameter and two moments.
    private const double FrameBytes = 64 * 64 * 3 / 2.0;
    private const int CheckpointCopies = 3;
    private const double VideoBytes = 1.5e6;
    private const double MetricsBytes = 600;

    // An evaluation's video shows so many episodes of one task, or one of each.
    private const int VideoEpisodes = 5;

    /// <summary>Seconds that the run takes: its arithmetic, and what goes with each step however small the network is.</summary>
    /// <param name="rate">Floating-point operations a second that its arithmetic reaches.</param>
    public double Seconds(double rate) => StartSeconds + (Flops / rate) + (UpdateSteps * UpdateStepSeconds) + (PlanningSteps * PlanningStepSeconds)
        + (Frames * FrameSeconds) + (VideoFrames * VideoFrameSeconds);

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
        var shown = evaluations * (task.Count == 1 ? Math.Min(VideoEpisodes, experiment.Evaluation.Episodes) : 1) * perRound;
        var stored = (schedule.Episodes + schedule.TestEpisodes) * (perRound + task.Count);
        return new RunCost(
            updates,
            planned + evaluated,
            (updates * cost.UpdateFlops) + ((planned + evaluated) * cost.DecisionFlops),
            stored + evaluated,
            (stored * FrameBytes) + (checkpointsKept * CheckpointCopies * sizeof(float) * (double)cost.Parameters)
                + (evaluations * VideoBytes) + (updates * MetricsBytes),
            updates * experiment.Replay.ChunkLength,
            (planned + evaluated) * StepsOf(experiment.Planner),
            shown);
    }

    // All candidates of an iteration go side by side; a gradient costs the way forward and twice as much backward.
    private static long StepsOf(PlannerOptions planner) => planner.Horizon * planner.Method switch
    {
        _ when planner.Iterations == 0 => 0,
        PlannerMethod.RandomShooting => 1,
        PlannerMethod.CemGradient => planner.Iterations + (3L * planner.Gradient.Steps) + 1,
        _ => planner.Iterations,
    };

    private static long DecisionsOf(OtherTask other, TaskOptions task) => (task with { ActionRepeat = other.ActionRepeat ?? task.ActionRepeat }).Decisions;
}

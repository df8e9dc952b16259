namespace PlaNet.Runs.Faults;

/// <summary>A named place in a run where a fault can be injected.</summary>
/// <param name="Name">Name of the point, such as "learner.update".</param>
/// <param name="Actions">Kinds of fault that the point supports.</param>
public sealed record FaultPoint(string Name, IReadOnlyList<FaultAction> Actions)
{
    private static readonly FaultAction[] s_anywhere = [FaultAction.Crash, FaultAction.Hang, FaultAction.Kill];
    private static readonly FaultAction[] s_writing = [.. s_anywhere, FaultAction.DiskFull, FaultAction.Torn];

    /// <summary>The learner begins an update.</summary>
    public static readonly FaultPoint LearnerUpdate = new("learner.update", [.. s_anywhere, FaultAction.Nan]);

    /// <summary>The learner copies its weights for a planner or the evaluator.</summary>
    public static readonly FaultPoint LearnerPublish = new("learner.publish", s_anywhere);

    /// <summary>The replay buffer samples the batch of an update.</summary>
    public static readonly FaultPoint ReplaySample = new("replay.sample", s_anywhere);

    /// <summary>An episode is written to its temporary file and not yet renamed.</summary>
    public static readonly FaultPoint ReplayAppend = new("replay.append", s_writing);

    /// <summary>An environment of the collector is about to be reset.</summary>
    public static readonly FaultPoint EnvironmentReset = new("env.reset", s_anywhere);

    /// <summary>An environment of the collector is about to be stepped.</summary>
    public static readonly FaultPoint EnvironmentStep = new("env.step", s_anywhere);

    /// <summary>The planner of the collector is about to choose actions, random ones included.</summary>
    public static readonly FaultPoint PlannerDecide = new("planner.decide", s_anywhere);

    /// <summary>The collector begins episodes, one per environment.</summary>
    public static readonly FaultPoint CollectorEpisode = new("collector.episode", s_anywhere);

    /// <summary>The evaluator begins an evaluation.</summary>
    public static readonly FaultPoint EvaluatorEvaluate = new("evaluator.evaluate", s_anywhere);

    /// <summary>An environment of the evaluator is about to be reset.</summary>
    public static readonly FaultPoint EvaluatorReset = new("evaluator.reset", s_anywhere);

    /// <summary>An environment of the evaluator is about to be stepped.</summary>
    public static readonly FaultPoint EvaluatorStep = new("evaluator.step", s_anywhere);

    /// <summary>A line of <c>metrics.jsonl</c> is about to be written.</summary>
    public static readonly FaultPoint MetricsWrite = new("metrics.write", s_writing);

    /// <summary>The run supervisor sends an order to another role.</summary>
    public static readonly FaultPoint SupervisorStep = new("supervisor.step", s_anywhere);

    /// <summary>A checkpoint is written to its temporary folder and not yet renamed.</summary>
    public static readonly FaultPoint CheckpointWrite = new("checkpoint.write", s_writing);

    /// <summary>All fault points.</summary>
    public static IReadOnlyList<FaultPoint> All { get; } =
    [
        LearnerUpdate, LearnerPublish, ReplaySample, ReplayAppend, EnvironmentReset, EnvironmentStep,
        PlannerDecide, CollectorEpisode, EvaluatorEvaluate, EvaluatorReset, EvaluatorStep, MetricsWrite, SupervisorStep, CheckpointWrite,
    ];

    /// <inheritdoc/>
    public override string ToString() => Name;
}

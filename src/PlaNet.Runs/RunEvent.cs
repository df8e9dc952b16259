using PlaNet.Experiments;
using PlaNet.Inspection;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs;

/// <summary>An event of a run.</summary>
/// <param name="Progress">Progress of the run, this event included.</param>
public abstract record RunEvent(RunProgress Progress);

/// <summary>The run started, or resumed from a checkpoint.</summary>
/// <param name="Progress">Progress of the run at its start.</param>
/// <param name="Checkpoint">Folder of the checkpoint from which the run resumes; null for a new run.</param>
public sealed record RunStarted(RunProgress Progress, string? Checkpoint) : RunEvent(Progress);

/// <summary>An update was done.</summary>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Metrics">Terms of the objective.</param>
/// <param name="Seconds">Wall-clock seconds of the update, sampling the batch included.</param>
public sealed record UpdateDone(RunProgress Progress, UpdateMetrics Metrics, double Seconds) : RunEvent(Progress)
{
    /// <summary>Histograms for TensorBoard; empty for most updates. Default empty.</summary>
    public IReadOnlyList<TensorHistogram> Histograms { get; init; } = [];
}

/// <summary>The agent made a decision in an episode of the collection or of an evaluation. It is not written to the metrics.</summary>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Step">Step of the schedule that the decision belongs to.</param>
/// <param name="Decision">Decisions made in the episode, this one included.</param>
/// <param name="Decisions">Decisions of a complete episode; with several tasks, of the longest one.</param>
public sealed record DecisionMade(RunProgress Progress, RunStep Step, int Decision, int Decisions) : RunEvent(Progress);

/// <summary>An episode was collected.</summary>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Step">Kind of episode: seed, test or training.</param>
/// <param name="Name">Name of the episode in the store.</param>
/// <param name="Return">Sum of the rewards.</param>
/// <param name="Seconds">Wall-clock seconds of playing the episode.</param>
public sealed record EpisodeCollected(RunProgress Progress, RunStep Step, string Name, double Return, double Seconds) : RunEvent(Progress)
{
    /// <summary>Name of the task; null in runs of a single task. Default null.</summary>
    public string? Task { get; init; }

    /// <summary>Recorded episodes so far that are shorter than a chunk and therefore never sampled. Default 0.</summary>
    public int TooShort { get; init; }
}

/// <summary>The agent was evaluated.</summary>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Returns">Return of each episode, played without exploration noise. Their mean is the score.</param>
/// <param name="Test">Objective on the held-out episodes; null without held-out episodes.</param>
/// <param name="Video">Path of the video of the episodes.</param>
/// <param name="Seconds">Wall-clock seconds of the evaluation.</param>
public sealed record EvaluationDone(
    RunProgress Progress, IReadOnlyList<double> Returns, UpdateMetrics? Test, string Video, double Seconds) : RunEvent(Progress)
{
    /// <summary>The same returns by task; empty in runs of a single task. Default empty.</summary>
    public IReadOnlyList<TaskScore> Tasks { get; init; } = [];

    /// <summary>
    /// Progress at which the evaluated weights were published. Default the progress of the run, which is the same in lockstep; beside an
    /// overlapped evaluation the run continues.
    /// </summary>
    public RunProgress Evaluated { get; init; } = Progress;
}

/// <summary>A checkpoint was saved.</summary>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Folder">Folder of the checkpoint.</param>
/// <param name="Seconds">Wall-clock seconds of saving.</param>
public sealed record CheckpointSaved(RunProgress Progress, string Folder, double Seconds) : RunEvent(Progress);

/// <summary>A warning for the user. The run continues.</summary>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Message">The problem, where it is, and how it was handled.</param>
public sealed record RunWarning(RunProgress Progress, string Message) : RunEvent(Progress);

/// <summary>A role failed and was replaced, or an update was refused; the run continues.</summary>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Source">Name of the role, "update", or "fault/" and the fault point.</param>
/// <param name="Message">The failure and how it was handled.</param>
public sealed record RunIncident(RunProgress Progress, string Source, string Message) : RunEvent(Progress)
{
    /// <summary>Unfinished episodes that were dropped. They are played again. Default 0.</summary>
    public int DroppedEpisodes { get; init; }
}

/// <summary>The run continues with changed options, which the user has allowed.</summary>
/// <param name="Progress">Progress of the run at its start.</param>
/// <param name="Changes">Options that affect results and were changed.</param>
public sealed record ExperimentChanged(RunProgress Progress, IReadOnlyList<OptionDifference> Changes) : RunEvent(Progress);

/// <summary>The counts of restarts and undelivered messages have changed.</summary>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Restarts">Restarts of roles since the start of this process.</param>
/// <param name="DeadLetters">Dead letters, and messages of ended incarnations, since the start of this process.</param>
public sealed record ActorsCounted(RunProgress Progress, long Restarts, long DeadLetters) : RunEvent(Progress);

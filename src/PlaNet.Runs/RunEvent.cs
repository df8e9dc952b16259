using PlaNet.Experiments;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs;

/// <summary>Something that happened in a run, told to whoever watches.</summary>
/// <param name="Progress">How far the run has come, this event included.</param>
public abstract record RunEvent(RunProgress Progress);

/// <summary>The run began, or resumed from a checkpoint.</summary>
/// <param name="Progress">How far the run had come.</param>
/// <param name="Checkpoint">The checkpoint it resumes from; null at the start.</param>
public sealed record RunStarted(RunProgress Progress, string? Checkpoint) : RunEvent(Progress);

/// <summary>An update was done.</summary>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Metrics">What the update reports.</param>
/// <param name="Seconds">Wall-clock seconds it took, drawing the batch included.</param>
public sealed record UpdateDone(RunProgress Progress, UpdateMetrics Metrics, double Seconds) : RunEvent(Progress);

/// <summary>The agent made a decision while an episode is collected or an evaluation played; nothing is recorded yet.</summary>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Step">What the decision is part of.</param>
/// <param name="Decision">Decisions made in the episode, this one included.</param>
/// <param name="Decisions">Decisions of a whole episode; in an evaluation of several tasks, of the longest.</param>
public sealed record DecisionMade(RunProgress Progress, RunStep Step, int Decision, int Decisions) : RunEvent(Progress);

/// <summary>An episode was collected.</summary>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Step">Which kind of episode.</param>
/// <param name="Name">Name of the episode.</param>
/// <param name="Return">Sum of its rewards.</param>
/// <param name="Seconds">Wall-clock seconds it took.</param>
public sealed record EpisodeCollected(RunProgress Progress, RunStep Step, string Name, double Return, double Seconds) : RunEvent(Progress)
{
    /// <summary>Name of its task where there are several; null where there is one. Default null.</summary>
    public string? Task { get; init; }
}

/// <summary>The agent was evaluated.</summary>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Returns">Return of each noise-free episode; their mean is the score, over several tasks the mean over tasks.</param>
/// <param name="Test">The objective on held-out episodes; null where there are none.</param>
/// <param name="Video">The video of the episodes.</param>
/// <param name="Seconds">Wall-clock seconds it took.</param>
public sealed record EvaluationDone(
    RunProgress Progress, IReadOnlyList<double> Returns, UpdateMetrics? Test, string Video, double Seconds) : RunEvent(Progress)
{
    /// <summary>The same returns by task where there are several; empty where there is one. Default empty.</summary>
    public IReadOnlyList<TaskScore> Tasks { get; init; } = [];
}

/// <summary>A checkpoint was saved.</summary>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Folder">The checkpoint's folder.</param>
/// <param name="Seconds">Wall-clock seconds it took.</param>
public sealed record CheckpointSaved(RunProgress Progress, string Folder, double Seconds) : RunEvent(Progress);

/// <summary>Something a person should know, which does not stop the run.</summary>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Message">What, where, and what was done about it.</param>
public sealed record RunWarning(RunProgress Progress, string Message) : RunEvent(Progress);

/// <summary>A role failed and was replaced, or an update was refused; the run continues.</summary>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Who">Which role.</param>
/// <param name="Message">What happened and what was done about it.</param>
public sealed record RunIncident(RunProgress Progress, string Who, string Message) : RunEvent(Progress)
{
    /// <summary>Half-played episodes that were dropped with it. Default 0.</summary>
    public int DroppedEpisodes { get; init; }
}

/// <summary>The run continues with other options, as it was told to.</summary>
/// <param name="Progress">How far the run had come.</param>
/// <param name="Changes">The options that decide the result and differ.</param>
public sealed record ExperimentChanged(RunProgress Progress, IReadOnlyList<OptionDifference> Changes) : RunEvent(Progress);

/// <summary>Restarts and lost messages were counted, since they had changed.</summary>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Restarts">Restarts of roles since this process began.</param>
/// <param name="DeadLetters">Messages since this process began that nobody received, or that an incarnation which had ended had sent.</param>
public sealed record ActorsCounted(RunProgress Progress, long Restarts, long DeadLetters) : RunEvent(Progress);

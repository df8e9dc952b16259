using PlaNet.Environments;
using PlaNet.Replay;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Messages;

/// <summary>The collector is ready, with its environments and its planner.</summary>
public sealed record CollectorReady;

/// <summary>The evaluator is ready.</summary>
public sealed record EvaluatorReady;

/// <summary>An environment is ready for a reset.</summary>
/// <param name="Index">Index of the environment within the collector.</param>
public sealed record EnvironmentReady(int Index);

/// <summary>The planner is ready, without weights.</summary>
public sealed record PlannerReady;

/// <summary>How the actions of episodes are chosen.</summary>
/// <param name="Kind">The policy.</param>
/// <param name="Seeds">Seed of each episode.</param>
/// <param name="Tasks">Index of each episode's task.</param>
/// <param name="Noise">Standard deviation of the exploration noise.</param>
/// <param name="Weights">Weights of the planner; null for other policies.</param>
public sealed record Acting(ActingKind Kind, IReadOnlyList<ulong> Seeds, IReadOnlyList<int> Tasks, double Noise, Weights? Weights);

/// <summary>The policy of an episode.</summary>
public enum ActingKind
{
    /// <summary>Uniform random actions.</summary>
    Random,

    /// <summary>Exploration noise around zero.</summary>
    Noise,

    /// <summary>The planner, with exploration noise.</summary>
    Planner,
}

/// <summary>Orders the collector to play episodes synchronously, one per environment.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Step">Kind of episodes: seed, test or training.</param>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Acting">Policy, seeds and tasks of the episodes.</param>
public sealed record CollectEpisodes(long Order, RunStep Step, RunProgress Progress, Acting Acting);

/// <summary>Orders the collector to drop its current order.</summary>
public sealed record AbandonEpisodes;

/// <summary>Episodes were played.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Episodes">The episodes in the order of their seeds.</param>
/// <param name="Seconds">Seconds of playing all of them.</param>
public sealed record EpisodesCollected(long Order, IReadOnlyList<Episode> Episodes, double Seconds);

/// <summary>Unfinished episodes were dropped because a role was replaced. They are played again from the start.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Count">Number of dropped episodes.</param>
/// <param name="Role">Name of the replaced role.</param>
public sealed record EpisodesDropped(long Order, int Count, string Role);

/// <summary>Resets an environment.</summary>
/// <param name="Play">Number of the attempt, repeated in the reply.</param>
/// <param name="Task">Index of the task.</param>
/// <param name="Seed">Seed of the episode.</param>
public sealed record ResetEnvironment(long Play, int Task, ulong Seed);

/// <summary>Steps an environment.</summary>
/// <param name="Play">Number of the attempt, repeated in the reply.</param>
/// <param name="Action">The action; not modified after it is sent.</param>
public sealed record StepEnvironment(long Play, float[] Action);

/// <summary>The result of a reset or step.</summary>
/// <param name="Play">Number of the attempt.</param>
/// <param name="Index">Index of the environment within the collector.</param>
/// <param name="Step">Result of the action; after a reset with reward 0.</param>
/// <param name="At">Timestamp of the run's clock.</param>
public sealed record Observed(long Play, int Index, StepResult Step, long At);

/// <summary>Prepares the planner for new episodes.</summary>
/// <param name="Play">Number of the attempt.</param>
/// <param name="Step">Kind of episodes: seed, test or training.</param>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Acting">Policy, seeds and tasks of the episodes.</param>
public sealed record BeginActing(long Play, RunStep Step, RunProgress Progress, Acting Acting);

/// <summary>Requests an action for each environment.</summary>
/// <param name="Play">Number of the attempt, repeated in the reply.</param>
/// <param name="Percepts">The latest observation of each environment.</param>
/// <param name="Reward">Reward of the last step in the first environment; null after its reset and after the end of its episode.</param>
public sealed record DecideActions(long Play, IReadOnlyList<Percept> Percepts, double? Reward = null) : IBeginsTrace;

/// <summary>An action for each environment.</summary>
/// <param name="Play">Number of the attempt.</param>
/// <param name="Actions">The actions in the order of the environments.</param>
public sealed record ActionsDecided(long Play, IReadOnlyList<float[]> Actions);

/// <summary>Orders the evaluator to play the episodes of an evaluation.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Progress">Progress of the run.</param>
/// <param name="Weights">The weights to evaluate.</param>
public sealed record EvaluateAgent(long Order, RunProgress Progress, Weights Weights) : IBeginsTrace;

/// <summary>The episodes of an evaluation were played.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Returns">Return of each episode.</param>
/// <param name="Video">Path of the video of the episodes; without images there is no such file.</param>
/// <param name="Seconds">Seconds of playing the episodes and writing the videos.</param>
public sealed record AgentEvaluated(long Order, IReadOnlyList<double> Returns, string Video, double Seconds);

/// <summary>Timeout of the environments that have not replied to the collector.</summary>
/// <param name="Play">Number of the attempt.</param>
public sealed record EnvironmentsTimedOut(long Play);

/// <summary>Makes a hung environment fail, so that it is replaced. Incarnations that have not received this attempt ignore it.</summary>
/// <param name="Play">Number of the attempt.</param>
public sealed record GiveUpEnvironment(long Play);

using PlaNet.Environments;
using PlaNet.Replay;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Messages;

/// <summary>The collector, with its environments and its planner, is there.</summary>
public sealed record CollectorReady;

/// <summary>The evaluator is there.</summary>
public sealed record EvaluatorReady;

/// <summary>An environment is there: it stands before a reset.</summary>
/// <param name="Index">Which of the collector's.</param>
public sealed record EnvironmentReady(int Index);

/// <summary>A planner is there, without weights.</summary>
public sealed record PlannerReady;

/// <summary>Who acts in episodes.</summary>
/// <param name="Kind">Random actions, noise, or the planner.</param>
/// <param name="Seeds">Seed of each episode.</param>
/// <param name="Tasks">Task of each episode.</param>
/// <param name="Noise">Standard deviation of the exploration noise.</param>
/// <param name="Weights">What the planner plans with; null where nobody plans.</param>
public sealed record Acting(ActingKind Kind, IReadOnlyList<ulong> Seeds, IReadOnlyList<int> Tasks, double Noise, Weights? Weights);

/// <summary>Who acts.</summary>
public enum ActingKind
{
    /// <summary>Uniform random actions.</summary>
    Random,

    /// <summary>Exploration noise around zero.</summary>
    Noise,

    /// <summary>The planner, with exploration noise.</summary>
    Planner,
}

/// <summary>Has the collector play episodes, one in each of as many environments, all in step.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Step">What they are for.</param>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Acting">Who acts.</param>
public sealed record CollectEpisodes(long Order, RunStep Step, RunProgress Progress, Acting Acting);

/// <summary>Has the collector drop what it is at.</summary>
public sealed record AbandonEpisodes;

/// <summary>Episodes were played.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Episodes">The episodes, in the order of the seeds.</param>
/// <param name="Seconds">Seconds they took.</param>
public sealed record EpisodesCollected(long Order, IReadOnlyList<Episode> Episodes, double Seconds);

/// <summary>Half-played episodes were dropped because one who plays them was replaced; they are played again from the start.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Count">Number of episodes.</param>
/// <param name="Who">Who was replaced.</param>
public sealed record EpisodesDropped(long Order, int Count, string Who);

/// <summary>Resets an environment.</summary>
/// <param name="Play">Number of the attempt, which the answer repeats.</param>
/// <param name="Task">Which task.</param>
/// <param name="Seed">The episode's seed.</param>
public sealed record ResetEnvironment(long Play, int Task, ulong Seed);

/// <summary>Steps an environment.</summary>
/// <param name="Play">Number of the attempt, which the answer repeats.</param>
/// <param name="Action">The action. Never changed once it is sent.</param>
public sealed record StepEnvironment(long Play, float[] Action);

/// <summary>What an environment shows.</summary>
/// <param name="Play">Number of the attempt.</param>
/// <param name="Index">Which environment.</param>
/// <param name="Step">What the action led to; after a reset, without reward.</param>
/// <param name="At">When, on the run's clock.</param>
public sealed record Observed(long Play, int Index, StepResult Step, long At);

/// <summary>Has the planner begin to act in fresh episodes.</summary>
/// <param name="Play">Number of the attempt.</param>
/// <param name="Step">What they are for.</param>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Acting">Who acts.</param>
public sealed record BeginActing(long Play, RunStep Step, RunProgress Progress, Acting Acting);

/// <summary>Asks for an action in each environment.</summary>
/// <param name="Play">Number of the attempt, which the answer repeats.</param>
/// <param name="Images">The image each environment shows.</param>
public sealed record DecideActions(long Play, IReadOnlyList<byte[]> Images);

/// <summary>An action for each environment.</summary>
/// <param name="Play">Number of the attempt.</param>
/// <param name="Actions">The actions.</param>
public sealed record ActionsDecided(long Play, IReadOnlyList<float[]> Actions);

/// <summary>Has the evaluator play an evaluation.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Progress">How far the run has come.</param>
/// <param name="Weights">The weights to evaluate.</param>
public sealed record EvaluateAgent(long Order, RunProgress Progress, Weights Weights);

/// <summary>An evaluation was played.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Returns">Return of each episode.</param>
/// <param name="Video">The video of the episodes.</param>
/// <param name="Seconds">Seconds it took.</param>
public sealed record AgentEvaluated(long Order, IReadOnlyList<double> Returns, string Video, double Seconds);

/// <summary>Tells the collector that the environments which still owe an answer had all the time they are given.</summary>
/// <param name="Play">Number of the attempt.</param>
public sealed record EnvironmentsLate(long Play);

/// <summary>Has an environment that hangs be replaced. An incarnation that is not at this attempt ignores it.</summary>
/// <param name="Play">Number of the attempt.</param>
public sealed record GiveUpEnvironment(long Play);

using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Playing;

/// <summary>A decision in an episode, and what came of it.</summary>
/// <param name="Step">Whether the episode is collected or part of an evaluation.</param>
/// <param name="Episode">Number of the episode among the training episodes, from 1; for an evaluation, episodes before it.</param>
/// <param name="Task">Name of the task.</param>
/// <param name="Decision">Number of the decision in the episode, from 1.</param>
/// <param name="Decisions">Decisions of a complete episode.</param>
/// <param name="Belief">The belief over the next actions. Its first reward is the one that the model predicted for this step.</param>
/// <param name="Reward">The reward of the environment for this step.</param>
public sealed record ObservedDecision(
    RunStep Step, int Episode, string Task, int Decision, int Decisions, ActionBelief Belief, double Reward);

/// <summary>
/// A recent decision of a run's planner. At most one decision per interval is looked at, so that looking costs next to nothing.
/// Thread-safe.
/// </summary>
/// <param name="time">Clock of the interval.</param>
public sealed class RecentDecision(TimeProvider time)
{
    /// <summary>Shortest time between two decisions that are looked at: 1 second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private ObservedDecision? _latest;
    private long? _taken;

    /// <summary>The latest decision whose reward is known; null before the first.</summary>
    public ObservedDecision? Latest
    {
        get
        {
            lock (_gate)
            {
                return _latest;
            }
        }
    }

    /// <summary>Begins to watch an agent in new episodes.</summary>
    /// <param name="step">Whether the episodes are collected or part of an evaluation.</param>
    /// <param name="episode">Number of the first episode among the training episodes; see <see cref="ObservedDecision"/>.</param>
    /// <param name="task">Name of the first episode's task.</param>
    /// <param name="decisions">Decisions of a complete episode.</param>
    public DecisionWatch Watch(RunStep step, int episode, string task, int decisions) =>
        new(TakeTurn, Publish, (number, belief, reward) => new ObservedDecision(step, episode, task, number, decisions, belief, reward));

    private bool TakeTurn()
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            if (_taken is { } taken && time.GetElapsedTime(taken, now) < Interval)
            {
                return false;
            }

            _taken = now;
            return true;
        }
    }

    private void Publish(ObservedDecision decision)
    {
        lock (_gate)
        {
            _latest = decision;
        }
    }
}

/// <summary>Watches the decisions of one agent. Only the agent's thread uses it.</summary>
/// <param name="takeTurn">Returns whether a decision may be looked at now.</param>
/// <param name="publish">Receives each decision that was looked at, with its reward.</param>
/// <param name="create">Creates it from the number of the decision, the belief and the reward.</param>
public sealed class DecisionWatch(
    Func<bool> takeTurn, Action<ObservedDecision> publish, Func<int, ActionBelief, double, ObservedDecision> create) : IDecisionObserver
{
    private int _decisions;
    private ActionBelief? _pending;

    /// <summary>The reward of the step after the latest decision is known.</summary>
    /// <param name="reward">The reward in the first environment; null after a reset and after the end of its episode.</param>
    public void Observe(double? reward)
    {
        if (_pending is { } belief && reward is { } known)
        {
            publish(create(_decisions, belief, known));
        }

        _pending = null;
    }

    /// <inheritdoc/>
    public bool BeginDecision()
    {
        _decisions++;
        return takeTurn();
    }

    /// <inheritdoc/>
    public void Decided(ActionBelief belief)
    {
        _pending = belief;
    }
}

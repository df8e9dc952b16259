using PlaNet.Environments;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Actors;

/// <summary>One environment, on a thread of its own: a simulator that draws knows the thread it was made on and no other.</summary>
public static class EnvironmentActor
{
    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    /// <param name="index">Which of the collector's environments.</param>
    public static Behavior Create(ActingParts parts, int index)
    {
        ArgumentNullException.ThrowIfNull(parts);

        // Threads that hang. Outlives the incarnations; only the actor touches it.
        var abandoned = new int[1];
        return Behavior.Of(
            context => Next.With(new State(new Owned(parts, Thread(index, abandoned[0])), Play: null), new Tell(context.Parent, new EnvironmentReady(index))),
            (state, message, context) => message switch
            {
                ResetEnvironment order => Do(state, order.Play, (owned, life) => owned.Reset(order, life), context),
                StepEnvironment order => Do(state, order.Play, (owned, life) => owned.Step(order, life), context),

                // Meant for the incarnation that hangs: one that took its place has had no time yet.
                GiveUpEnvironment late when late.Play == state.Play =>
                    throw EnvironmentHang.Failure(parts.Settings, $"environment-{index}", ++abandoned[0]),
                _ => Next.With(state),
            },
            state =>
            [
                new Run(state.Owned.Thread, _ =>
                {
                    state.Owned.Dispose();
                    return null;
                }),
            ]);

        Next<State> Do(State state, long play, Func<Owned, CancellationToken, StepResult> work, RoleContext context) => Next.With(
            state with { Play = play },
            new Run(state.Owned.Thread, life => new Observed(play, index, work(state.Owned, life), parts.Time.GetTimestamp())) { To = context.Parent });
    }

    // What hangs cannot be stopped, and nothing behind it on its thread ever runs: the next incarnation needs another.
    private static string Thread(int index, int abandoned) => abandoned == 0 ? $"environment-{index}" : $"environment-{index}-{abandoned}";

    /// <summary>What the role knows.</summary>
    /// <param name="Owned">Its environments.</param>
    /// <param name="Play">Number of the latest attempt; null before the first.</param>
    private sealed record State(Owned Owned, long? Play);

    /// <summary>An environment of each task that was asked for; only its thread touches them.</summary>
    private sealed class Owned(ActingParts parts, string thread) : IDisposable
    {
        private readonly Dictionary<int, IEnvironment> _environments = [];
        private IEnvironment? _current;

        public string Thread => thread;

        public StepResult Reset(ResetEnvironment order, CancellationToken life)
        {
            parts.Faults.Reach(FaultPoint.EnvironmentReset, life);
            if (!_environments.TryGetValue(order.Task, out _current))
            {
                _current = Tasks.Create(parts.Experiment.Task, order.Task, parts.Settings.EnvironmentPatience);
                _environments.Add(order.Task, _current);
            }

            return new StepResult(_current.Reset(order.Seed), 0, Terminated: false, Truncated: false);
        }

        public StepResult Step(StepEnvironment order, CancellationToken life)
        {
            parts.Faults.Reach(FaultPoint.EnvironmentStep, life);
            return _current!.Step(order.Action);
        }

        public void Dispose()
        {
            foreach (var environment in _environments.Values)
            {
                environment.Dispose();
            }
        }
    }
}

using PlaNet.Environments;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Actors;

/// <summary>One environment on a dedicated thread, because the renderer of a simulator is bound to the thread that created it.</summary>
public static class EnvironmentActor
{
    /// <summary>Creates the behaviour.</summary>
    /// <param name="parts">Dependencies of the role.</param>
    /// <param name="index">Index of the environment within the collector.</param>
    public static Behavior Create(ActingParts parts, int index)
    {
        ArgumentNullException.ThrowIfNull(parts);

        // Number of hung threads. Kept over restarts; only the actor accesses it.
        var abandoned = new int[1];
        return Behavior.Of(
            context => Next.With(
                new State(new Owned(parts, Thread(index, abandoned[0])), Play: null),
                new Tell(context.Parent, new EnvironmentReady(index))),
            (state, message, context) => message switch
            {
                ResetEnvironment order => Do(state, order.Play, (owned, lifetime) => owned.Reset(order, lifetime), context),
                StepEnvironment order => Do(state, order.Play, (owned, lifetime) => owned.Step(order, lifetime), context),

                // A new incarnation has not received this attempt yet, so the timeout of its predecessor does not apply to it.
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
            new Run(state.Owned.Thread, lifetime => new Observed(play, index, work(state.Owned, lifetime), parts.Time.GetTimestamp()))
            {
                To = context.Parent,
            });
    }

    // A hung call cannot be stopped and blocks its thread, so the next incarnation needs another thread.
    private static string Thread(int index, int abandoned) => abandoned == 0 ? $"environment-{index}" : $"environment-{index}-{abandoned}";

    /// <summary>State of the role.</summary>
    /// <param name="Owned">The environments.</param>
    /// <param name="Play">Number of the latest attempt; null before the first.</param>
    private sealed record State(Owned Owned, long? Play);

    /// <summary>One environment per task, created on first use. Only the role's thread accesses them.</summary>
    private sealed class Owned(ActingParts parts, string thread) : IDisposable
    {
        private readonly Dictionary<int, IEnvironment> _environments = [];
        private IEnvironment? _current;

        public string Thread => thread;

        public StepResult Reset(ResetEnvironment order, CancellationToken lifetime)
        {
            parts.Faults.Reach(FaultPoint.EnvironmentReset, lifetime);
            if (!_environments.TryGetValue(order.Task, out _current))
            {
                _current = Tasks.Create(parts.Experiment.Task, order.Task, parts.Settings.EnvironmentTimeouts, parts.WarnOnce);
                _environments.Add(order.Task, _current);
            }

            return new StepResult(_current.Reset(order.Seed), 0, Terminated: false, Truncated: false);
        }

        public StepResult Step(StepEnvironment order, CancellationToken lifetime)
        {
            parts.Faults.Reach(FaultPoint.EnvironmentStep, lifetime);
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

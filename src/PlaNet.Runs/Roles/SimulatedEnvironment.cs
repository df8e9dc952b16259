using PlaNet.Environments;
using PlaNet.Runs.Messages;
using PlaNet.Training;
using PlaNet.Training.FaultInjection;

namespace PlaNet.Runs.Roles;

/// <summary>One environment, on a thread of its own: a simulator that draws knows the thread it was made on and no other.</summary>
public static class SimulatedEnvironment
{
    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    /// <param name="index">Which of the collector's environments.</param>
    public static Props Props(ActingParts parts, int index)
    {
        ArgumentNullException.ThrowIfNull(parts);

        // Threads that hang. Outlives the incarnations; only the actor touches it.
        var abandoned = new int[1];
        return Actors.Props.Of(
            context => Next.With(new Owned(parts, Thread(index, abandoned[0])), new Tell(context.Parent, new EnvironmentReady(index))),
            (owned, message, context) => message switch
            {
                ResetEnvironment order => Next.With(owned, new Run(owned.Thread, life => new Observed(
                    order.Play, index, owned.Reset(order, life), parts.Time.GetTimestamp()))),
                StepEnvironment order => Next.With(owned, new Run(owned.Thread, life => new Observed(
                    order.Play, index, owned.Step(order, life), parts.Time.GetTimestamp()))),
                GiveUpEnvironment => throw EnvironmentHang.Failure(parts.Settings, $"environment-{index}", ++abandoned[0]),
                Observed => Next.With(owned, new Tell(context.Parent, message)),
                _ => Next.With(owned),
            },
            owned =>
            [
                new Run(owned.Thread, _ =>
                {
                    owned.Dispose();
                    return null;
                }),
            ]);
    }

    // What hangs cannot be stopped, and nothing behind it on its thread ever runs: the next incarnation needs another.
    private static string Thread(int index, int abandoned) => abandoned == 0 ? $"environment-{index}" : $"environment-{index}-{abandoned}";

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

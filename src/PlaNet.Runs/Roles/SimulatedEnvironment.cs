using PlaNet.Environments;
using PlaNet.Runs.Messages;
using PlaNet.Training;

namespace PlaNet.Runs.Roles;

/// <summary>One environment, on a thread of its own: a simulator that draws knows the thread it was made on and no other.</summary>
public static class SimulatedEnvironment
{
    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    /// <param name="index">Which of the collector's environments.</param>
    public static Props Props(RunParts parts, int index)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var thread = $"environment-{index}";
        return Actors.Props.Of(
            context => Next.With(new Owned(parts), new Tell(context.Parent, new EnvironmentReady(index))),
            (owned, message, context) => message switch
            {
                ResetEnvironment order => Next.With(owned, Do(() => new Observed(
                    order.Play, index, owned.Reset(order), parts.Time.GetTimestamp()))),
                StepEnvironment order => Next.With(owned, Do(() => new Observed(
                    order.Play, index, owned.Step(order), parts.Time.GetTimestamp()))),
                Observed => Next.With(owned, new Tell(context.Parent, message)),
                _ => Next.With(owned),
            },
            owned =>
            [
                Do(() =>
                {
                    owned.Dispose();
                    return null;
                }),
            ]);

        Run Do(Func<object?> work) => new(thread, _ => work());
    }

    /// <summary>An environment of each task that was asked for; only its thread touches them.</summary>
    private sealed class Owned(RunParts parts) : IDisposable
    {
        private readonly Dictionary<int, IEnvironment> _environments = [];
        private IEnvironment? _current;

        public StepResult Reset(ResetEnvironment order)
        {
            if (!_environments.TryGetValue(order.Task, out _current))
            {
                _current = Tasks.Create(parts.Experiment.Task, order.Task, parts.Settings.EnvironmentPatience);
                _environments.Add(order.Task, _current);
            }

            return new StepResult(_current.Reset(order.Seed), 0, Terminated: false, Truncated: false);
        }

        public StepResult Step(StepEnvironment order) => _current!.Step(order.Action);

        public void Dispose()
        {
            foreach (var environment in _environments.Values)
            {
                environment.Dispose();
            }
        }
    }
}

using PlaNet.Common;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Chooses the actions of a collector's environments in one batch: with random actions, or with the planner, a copy of the weights and a
/// filtered state per environment.
/// </summary>
public static class PlannerActor
{
    private const string Role = "planner";

    /// <summary>Creates the behaviour.</summary>
    /// <param name="parts">Dependencies of the role.</param>
    public static Behavior Create(ActingParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var thread = parts.TensorThread(Role);
        return Behavior.Of(
            context => Next.With(new Owned(parts), new Tell(context.Parent, new PlannerReady())),
            (owned, message, context) => message switch
            {
                BeginActing order => Next.With(owned, new Run(thread, _ =>
                {
                    owned.Begin(order);
                    return null;
                })),
                DecideActions order => Next.With(owned, new Run(thread, lifetime => owned.Decide(order, lifetime)) { To = context.Parent }),
                _ => Next.With(owned),
            },
            owned =>
            [
                new Run(thread, _ =>
                {
                    owned.Dispose();
                    return null;
                }),
            ]);
    }

    /// <summary>Model copy and current policy. Only the planner's thread accesses them.</summary>
    private sealed class Owned(ActingParts parts) : IDisposable
    {
        private readonly ModelCopy _copy = new(parts);
        private IPolicy? _policy;
        private DecisionWatch? _watch;

        public void Begin(BeginActing order)
        {
            _policy?.Dispose();
            _policy = null;
            var (kind, seeds, tasks, noise, weights) = order.Acting;
            var action = parts.Tasks[0].Action;
            var decisions = tasks.Max(task => parts.Tasks[task].Decisions);
            _watch = kind == ActingKind.Planner
                ? parts.Decisions?.Watch(order.Step, order.Progress.Episodes + 1, parts.Tasks[tasks[0]].Task, decisions)
                : null;
            IReadOnlyList<RandomStream> Streams() => [.. seeds.Select(seed => RandomStream.Fork(seed, "actions"))];
            IPolicy policy = kind switch
            {
                ActingKind.Random => new RandomPolicy(action, Streams()),

                // Exploration around no plan leaves nothing but the uniform choice.
                ActingKind.Noise when action.IsDiscrete => new RandomPolicy(action, Streams()),
                ActingKind.Noise => new NoisePolicy(action, noise, Streams()),
                _ => new Agent(
                    _copy.Load(weights!),
                    parts.Experiment.Planner,
                    seeds.Count,
                    parts.Device,
                    noise,
                    RandomStream.Derive(seeds[0], "agent"),
                    action.IsDiscrete)
                {
                    Observer = _watch,
                },
            };
            _policy = kind == ActingKind.Random
                ? policy
                : new ReportingPolicy(policy, decision => parts.Watch(
                    new DecisionMade(order.Progress, order.Step, decision, decisions)));
        }

        // No actions are chosen once the run is to stop, because the episode will be dropped.
        public ActionsDecided? Decide(DecideActions order, CancellationToken lifetime)
        {
            parts.Faults.Reach(FaultPoint.PlannerDecide, lifetime);
            _watch?.Observe(order.Reward);
            return parts.Interrupt.IsCancellationRequested ? null : new ActionsDecided(order.Play, _policy!.Act(order.Percepts));
        }

        public void Dispose()
        {
            _policy?.Dispose();
            _copy.Dispose();
        }
    }
}

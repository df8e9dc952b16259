using PlaNet.Common;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Chooses the actions of a collector's environments, all in one batch: a copy of the weights, a belief for each environment, and the
/// planner; or random actions.
/// </summary>
public static class PlannerActor
{
    private const string Role = "planner";

    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
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
                DecideActions order => Next.With(owned, new Run(thread, life => owned.Decide(order, life)) { To = context.Parent }),
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

    /// <summary>What the planner owns; only its thread touches it.</summary>
    private sealed class Owned(ActingParts parts) : IDisposable
    {
        private readonly ModelCopy _copy = new(parts);
        private IPolicy? _policy;

        public void Begin(BeginActing order)
        {
            _policy?.Dispose();
            _policy = null;
            var (kind, seeds, tasks, noise, weights) = order.Acting;
            var action = parts.Tasks[0].Action;
            IReadOnlyList<RandomStream> Streams() => [.. seeds.Select(seed => RandomStream.Fork(seed, "actions"))];
            IPolicy policy = kind switch
            {
                ActingKind.Random => new RandomPolicy(action, Streams()),
                ActingKind.Noise => new NoisePolicy(action, noise, Streams()),
                _ => new Agent(
                    _copy.Take(weights!),
                    parts.Experiment.Planner,
                    seeds.Count,
                    parts.Device,
                    noise,
                    RandomStream.Derive(seeds[0], "agent")),
            };
            _policy = kind == ActingKind.Random
                ? policy
                : new AnnouncingPolicy(policy, decision => parts.Watch(
                    new DecisionMade(order.Progress, order.Step, decision, tasks.Max(task => parts.Tasks[task].Decisions))));
        }

        // Nothing is decided any more once the run is to stop: the episode would be dropped.
        public ActionsDecided? Decide(DecideActions order, CancellationToken life)
        {
            parts.Faults.Reach(FaultPoint.PlannerDecide, life);
            return parts.Interrupt.IsCancellationRequested ? null : new ActionsDecided(order.Play, _policy!.Act(order.Images));
        }

        public void Dispose()
        {
            _policy?.Dispose();
            _copy.Dispose();
        }
    }
}

using PlaNet.Runs.Messages;
using PlaNet.Runs.Roles;

namespace PlaNet.Runs;

/// <summary>
/// Owns the schedule: orders one thing after the other in lockstep, or what may go on at the same time when overlapped, and takes the
/// results into the run's state. Every order has a number; what answers an older one is not listened to, so that a role can be replaced
/// at any time and its order given anew.
/// </summary>
public static class RunSupervisor
{
    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    /// <param name="end">Told once whether the run is complete or was interrupted, when everything is saved.</param>
    public static Props Props(RunParts parts, Action<bool> end)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(end);

        // Outlives the incarnations; only the actor touches it.
        var begun = new bool[1];
        return Actors.Props.Of(
            context => Begin(parts, begun, context),
            (course, message, context) => new SupervisorTurn(parts, end, course, context).Take(message)) with
        {
            Supervision = RunSupervision.Strategy,
        };
    }

    private static Next<Course> Begin(RunParts parts, bool[] begun, ActorContext context)
    {
        var course = new Course();
        if (begun[0])
        {
            course = course with { Incidents = [("supervisor", "The run supervisor was replaced, and every role with it: the run goes on from the newest checkpoint.", 0)] };
        }

        begun[0] = true;
        (string Name, Props Props)[] roles =
        [
            (RoleNames.Metrics, Metrics.Props(parts)),
            (RoleNames.Learner, ModelLearner.Props(parts)),
            (RoleNames.Replay, ReplayBuffer.Props(parts)),
            (RoleNames.Collector, parts.Remote is { } remote ? RemoteCollector.Props(parts, remote) : EpisodeCollector.Props(parts)),
            (RoleNames.Evaluator, AgentEvaluator.Props(parts)),
        ];
        return new Next<Course>(
            course,
            [
                .. roles.SelectMany(role => new Effect[] { new Spawn(role.Name, role.Props), new Watch(context.Child(role.Name)) }),

                // Asked before the run supervisor was there, or its predecessor was told.
                new Run("interrupt", _ => parts.Interrupt.IsCancellationRequested ? new InterruptRun() : null),
            ]);
    }
}

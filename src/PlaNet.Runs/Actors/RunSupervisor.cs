using PlaNet.Runs.Messages;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Owns the schedule: orders one thing after the other in lockstep, or what may go on at the same time when overlapped, and takes the
/// results into the run's state. Every order has a number; replies to superseded orders are ignored, so that a role can be replaced at any
/// time and its order given anew.
/// </summary>
public static class RunSupervisor
{
    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    /// <param name="end">Told once whether the run is complete or was interrupted, when everything is saved.</param>
    public static Behavior Create(RunParts parts, Action<bool> end)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(end);

        // Outlives the incarnations; only the actor touches it.
        var begun = new bool[1];
        return Behavior.Of(
            _ => Begin(parts, begun),
            (state, message, _) => new SupervisorTurn(parts, end, state).Take(message)) with
        {
            Decide = RunSupervision.Decide,
        };
    }

    private static Next<SupervisorState> Begin(RunParts parts, bool[] begun)
    {
        var state = new SupervisorState();
        if (begun[0])
        {
            state = state with { Incidents = [("supervisor", "The run supervisor was replaced, and every role with it: the run goes on from the newest checkpoint.", 0)] };
        }

        begun[0] = true;
        (string Name, Behavior Behavior)[] roles =
        [
            (RoleNames.Metrics, Metrics.Create(parts)),
            (RoleNames.Learner, ModelLearner.Create(parts)),
            (RoleNames.Replay, ReplayBuffer.Create(parts)),
            (RoleNames.Collector, parts.Remote is { } remote ? RemoteCollector.Create(parts, remote) : EpisodeCollector.Create(parts)),
            (RoleNames.Evaluator, AgentEvaluator.Create(parts)),
        ];
        return new Next<SupervisorState>(
            state,
            [
                .. roles.Select(role => new Spawn(role.Name, role.Behavior)),

                // Asked before the run supervisor was there, or its predecessor was told.
                new Run("interrupt", _ => parts.Interrupt.IsCancellationRequested ? new InterruptRun() : null),
            ]);
    }
}

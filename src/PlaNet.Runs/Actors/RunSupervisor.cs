using PlaNet.Runs.Messages;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Owns the schedule of Algorithm 1. It sends orders to the other roles, one at a time in lockstep or several in parallel when overlapped,
/// and adds their results to the state of the run. Every order has a number. Replies to superseded orders are ignored, so that a role can
/// be replaced at any time and its order repeated.
/// </summary>
public static class RunSupervisor
{
    /// <summary>Creates the behaviour.</summary>
    /// <param name="parts">Dependencies of the role.</param>
    /// <param name="end">Called once, after everything is saved: with true if the run is complete, false if it was interrupted.</param>
    public static Behavior Create(RunParts parts, Action<bool> end)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(end);

        // Kept over restarts; only the actor accesses it.
        var begun = new bool[1];
        return Behavior.Of(_ => Begin(parts, begun), (state, message, _) => Receive(state, message, end)) with
        {
            Decide = RunSupervision.Decide,
        };
    }

    private static Next<RunSupervisorState> Begin(RunParts parts, bool[] begun)
    {
        var state = new RunSupervisorState(parts);
        if (begun[0])
        {
            state = state.Incident(
                "supervisor", "The run supervisor was replaced, and every role with it: the run resumes from the newest checkpoint.");
        }

        begun[0] = true;
        (string Name, Behavior Behavior)[] roles =
        [
            (RoleNames.Metrics, MetricsActor.Create(parts)),
            (RoleNames.Learner, LearnerActor.Create(parts)),
            (RoleNames.Replay, ReplayBufferActor.Create(parts)),
        ];
        if (parts.Experiment.Schedule.Plays)
        {
            roles =
            [
                .. roles,
                (RoleNames.Collector, parts.RemoteCollector?.Invoke(parts) ?? EpisodeCollectorActor.Create(parts)),
                (RoleNames.Evaluator, EvaluatorActor.Create(parts)),
            ];
        }

        return new Next<RunSupervisorState>(
            state,
            [
                .. roles.Select(role => new Spawn(role.Name, role.Behavior)),

                // An earlier incarnation may have received the request to stop.
                new Run("interrupt", _ => parts.Interrupt.IsCancellationRequested ? new InterruptRun() : null),
            ]);
    }

    private static Next<RunSupervisorState> Receive(RunSupervisorState state, object message, Action<bool> end)
    {
        var next = Apply(state, message).Continue();
        Effect[] ended = state.Completed is null && next.Completed is { } complete
            ? [new Run("end", _ =>
            {
                end(complete);
                return null;
            })]
            : [];
        return new Next<RunSupervisorState>(next with { Outbox = [] }, [.. next.Outbox, .. ended]);
    }

    private static RunSupervisorState Apply(RunSupervisorState state, object message) => message switch
    {
        LearnerReady ready => state.LearnerBecameReady(ready),
        ReplayReady ready => state.ReplayBecameReady(ready),
        CollectorReady => state.CollectorBecameReady(),
        EvaluatorReady => state.EvaluatorBecameReady(),
        MetricsReady => state.MetricsBecameReady(),
        InterruptRun => state.WasAskedToStop(),
        FaultFired fired => state.FaultWasInjected(fired.Fault),
        ChildStopped { Cause: { } cause } => throw cause,
        EventWritten written => state.EventWasWritten(written.Number),
        EpisodesRestored restored when restored.Order == state.Restoring => state.EpisodesWereRestored(restored),
        EpisodesDropped dropped when dropped.Order == state.Collect?.Id => state.EpisodesWereDropped(dropped.Role, dropped.Count),
        BatchSampled sampled when sampled.Order == state.Update?.Id => state.BatchWasSampled(sampled),
        ModelUpdated updated when updated.Order == state.Update?.Id => state.ModelWasUpdated(updated),
        UpdateRefused refused when refused.Order == state.Update?.Id => state.UpdateWasRefused(refused),
        EpisodesFound found when found.Order == state.Collect?.Id => state.EpisodesWereFound(found),
        WeightsPublished published => state.WeightsWerePublished(published),
        EpisodesCollected collected when collected.Order == state.Collect?.Id => state.EpisodesWereCollected(collected),
        EpisodesStored stored when stored.Order == state.Collect?.Id => state.EpisodesWereStored(stored),
        AgentEvaluated played when played.Order == state.Evaluate?.Id => state.EvaluationWasPlayed(played),
        TestSampled sampled when sampled.Order == state.Evaluate?.Id => state.TestBatchWasSampled(sampled),
        ModelTested tested when tested.Order == state.Evaluate?.Id => state.EvaluationWasDone(tested.Metrics),
        CheckpointDone done when done.Order == state.Save => state.CheckpointWasSaved(done),
        _ => state,
    };
}

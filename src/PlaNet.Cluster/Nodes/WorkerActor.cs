using Akka.Actor;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Status;
using PlaNet.Runs.Actors;

namespace PlaNet.Cluster.Nodes;

/// <summary>
/// Takes cells from the grid coordinator and runs each in a child process. It reports its cells at every heartbeat and whenever a slot
/// becomes free. Messages without a reply are sent again at the next heartbeat, so a lost message costs one heartbeat. While the
/// coordinator does not reply, leases are not renewed, and the children stop by themselves before other nodes may claim their cells.
/// </summary>
public static class WorkerActor
{
    private const string Children = "children";
    private const string Watch = "watch";
    private const string Heartbeat = "beat";
    private const string ReplyTimer = "answer";

    // Much longer than a reply takes, and than a cluster takes to form.
    private static readonly TimeSpan s_replyTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Creates the worker role.</summary>
    /// <param name="options">Settings of the worker.</param>
    /// <param name="coordinator">The grid coordinator, which receives the reports.</param>
    /// <param name="watch">Receives the events of the worker, in order, on its own thread.</param>
    /// <param name="end">Called once: with true when no cell is left, with false when the worker has stopped.</param>
    public static Behavior Create(NodeOptions options, IActorRef coordinator, Action<NodeEvent> watch, Action<bool> end)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Behavior.Of(
            context => Next.With(
                (State: new WorkerState(options, [.. new WorkerSlot?[options.Workers]]), Children: new ChildRuns(options, context.Self)),
                new After(Heartbeat, TimeSpan.Zero, new ReportDue())),
            (owned, message, context) =>
            {
                if (message is ReportDue)
                {
                    var held = owned.State.Slots.OfType<WorkerSlot>().Select(slot => slot.Lease).ToArray();
                    return Next.With(
                        owned, new Run(Children, _ => owned.Children.ReadSteps(held)), new After(Heartbeat, options.Heartbeat, message));
                }

                if (message is AskStatus)
                {
                    return Next.With(owned, new Tell(context.Sender, owned.State.Summary));
                }

                var next = Apply(owned.State, message);
                Effect[] ended = [];
                if (owned.State.Completed is null && next.Completed is { } completed)
                {
                    next = next.CompletionWasReported();
                    ended = [Do(Watch, () => end(completed))];
                }

                return new Next<(WorkerState State, ChildRuns Children)>(
                    (next with { Outbox = [] }, owned.Children),
                    [.. next.Outbox.SelectMany(command => EffectsOf(command, owned.Children, options, coordinator, watch)), .. ended]);
            },
            owned => [Do(Children, owned.Children.Dispose)]);
    }

    private static WorkerState Apply(WorkerState state, object message) => message switch
    {
        StepsRead read => state.StepsWereRead(read),
        WorkAvailable => state.WorkBecameAvailable(),
        LeasesChanged => state.LeasesMayBeLost(),
        WorkerOrders orders => state.OrdersArrived(orders),
        StoreUnavailable unavailable => state.CoordinatorWasUnavailable(unavailable.Reason),
        CellEndRecorded recorded => state.EndWasRecorded(recorded),
        ReplyTimeout => state.ReplyTimedOut(),
        ChildStarted started => state.ChildWasStarted(started.Lease),
        ChildDirectoryLocked locked => state.ChildDirectoryWasLocked(locked.Lease),
        ChildFailed failed => state.ChildCouldNotStart(failed.Lease, failed.Reason),
        ChildEnded ended => state.ChildHasEnded(ended),
        StopTimeoutElapsed elapsed => state.StopTimedOut(elapsed.Lease),
        StopWorking => state.StopWasRequested(),
        _ => state,
    };

    private static Effect[] EffectsOf(
        WorkerCommand command, ChildRuns children, NodeOptions options, IActorRef coordinator, Action<NodeEvent> watch)
    {
        return command switch
        {
            SendToCoordinator send => [new Tell(coordinator, send.Message)],
            AwaitReply wait => [wait.IsPending ? new After(ReplyTimer, s_replyTimeout, new ReplyTimeout()) : new Cancel(ReplyTimer)],
            StartChildRun start => [new Run(Children, _ => children.Start(start.Lease, start.Slot))],
            RenewChildren renew => [Do(Children, () => children.Renew(renew.Leases))],
            StopChildRun stop =>
            [
                Do(Children, () => children.Stop(stop.Lease)),
                new After($"patience {stop.Lease.Key.Name} {stop.Lease.Epoch}", options.StopTimeout, new StopTimeoutElapsed(stop.Lease)),
            ],
            KillChildRun kill => [Do(Children, () => children.Kill(kill.Lease))],
            ForgetChildRun forget => [Do(Children, () => children.Forget(forget.Lease))],
            EmitEvent emit => [Do(Watch, () => watch(emit.Happened))],
            _ => throw new InvalidOperationException($"There is no effect for {command.GetType().Name}."),
        };
    }

    private static Run Do(string thread, Action work) => new(thread, _ =>
    {
        work();
        return null;
    });
}

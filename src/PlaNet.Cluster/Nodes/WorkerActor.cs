using Akka.Actor;
using PlaNet.Cluster.Grids;
using PlaNet.Cluster.Status;
using PlaNet.Runs.Actors;

namespace PlaNet.Cluster.Nodes;

/// <summary>
/// Takes cells from the grid coordinator and runs each in a child process. It reports what it holds at every heartbeat and whenever it has
/// room; what it says is repeated until it is answered, so that a lost message costs a heartbeat. While the coordinator is silent, leases
/// are not renewed, and the children stop by themselves before others may take their cells.
/// </summary>
public static class WorkerActor
{
    private const string Children = "children";
    private const string Watch = "watch";
    private const string Beat = "beat";
    private const string Answer = "answer";

    // Far more than an answer takes, or a cluster to form.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>The role.</summary>
    /// <param name="options">How the node works.</param>
    /// <param name="coordinator">Where reports go.</param>
    /// <param name="watch">Told about everything that happens, in order, on a thread of its own.</param>
    /// <param name="end">Told once: true when all is done, false when the worker has stopped.</param>
    public static Behavior Create(NodeOptions options, IActorRef coordinator, Action<NodeEvent> watch, Action<bool> end)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Behavior.Of(
            context => Next.With(
                (State: new WorkerState(options, [.. new WorkerSlot?[options.Workers]]), Children: new ChildRuns(options, context.Self)),
                new After(Beat, TimeSpan.Zero, new ReportDue())),
            (owned, message, context) =>
            {
                if (message is ReportDue)
                {
                    var held = owned.State.Slots.OfType<WorkerSlot>().Select(slot => slot.Lease).ToArray();
                    return Next.With(owned, new Run(Children, _ => owned.Children.ReadSteps(held)), new After(Beat, options.Heartbeat, message));
                }

                if (message is AskStanding)
                {
                    return Next.With(owned, new Tell(context.Sender, owned.State.Shown));
                }

                var next = Happened(owned.State, message);
                Effect[] ended = [];
                if (owned.State.Completed is null && next.Completed is { } completed)
                {
                    next = next.EndWasSaid();
                    ended = [Do(Watch, () => end(completed))];
                }

                return new Next<(WorkerState State, ChildRuns Children)>(
                    (next with { Outbox = [] }, owned.Children),
                    [.. next.Outbox.SelectMany(command => EffectsOf(command, owned.Children, options, coordinator, watch)), .. ended]);
            },
            owned => [Do(Children, owned.Children.Dispose)]);
    }

    private static WorkerState Happened(WorkerState state, object message) => message switch
    {
        StepsRead read => state.StepsWereRead(read),
        WorkAvailable => state.WorkBecameAvailable(),
        LeasesChanged => state.LeasesMayBeLost(),
        WorkerOrders orders => state.OrdersCame(orders),
        LedgerUnavailable unavailable => state.CoordinatorIsSilent(unavailable.Reason),
        CellEndRecorded recorded => state.EndWasRecorded(recorded),
        NoAnswer => state.AnswerWasMissed(),
        ChildStarted started => state.ChildWasStarted(started.Lease),
        ChildHeld held => state.ChildIsHeld(held.Lease),
        ChildFailed failed => state.ChildCouldNotStart(failed.Lease, failed.Reason),
        ChildEnded ended => state.ChildHasEnded(ended),
        PatienceOver over => state.PatienceWasOver(over.Lease),
        StopWorking => state.WasToldToStop(),
        _ => state,
    };

    private static Effect[] EffectsOf(
        WorkerCommand command, ChildRuns children, NodeOptions options, IActorRef coordinator, Action<NodeEvent> watch)
    {
        return command switch
        {
            SendToCoordinator send => [new Tell(coordinator, send.Message)],
            AwaitAnswer awaited => [awaited.IsDue ? new After(Answer, s_patience, new NoAnswer()) : new Cancel(Answer)],
            StartChildRun start => [new Run(Children, _ => children.Start(start.Lease, start.Slot))],
            RenewChildren renew => [Do(Children, () => children.Renew(renew.Leases))],
            StopChildRun stop =>
            [
                Do(Children, () => children.Stop(stop.Lease)),
                new After($"patience {stop.Lease.Key.Name} {stop.Lease.Epoch}", options.Patience, new PatienceOver(stop.Lease)),
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

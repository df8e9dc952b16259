using PlaNet.Runs.Messages;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Writes events in order and exactly once. When a new incarnation begins, the run supervisor resends all unconfirmed events. Events that
/// were already written are only confirmed. Events after a gap are ignored, because they are resent.
/// </summary>
public static class MetricsActor
{
    private const string Thread = "metrics";

    /// <summary>Creates the behaviour.</summary>
    /// <param name="parts">Dependencies of the role.</param>
    public static Behavior Create(RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);

        // Kept over restarts; only the thread of the metrics accesses it.
        var last = new long[1];
        return Behavior.Of(
            context => Next.With(0, new Tell(context.Parent, new MetricsReady())),
            (state, message, context) => message switch
            {
                WriteEvent order => Next.With(state, new Run(Thread, _ => Write(parts, last, order)) { To = context.Parent }),
                _ => Next.With(state),
            });
    }

    private static EventWritten? Write(RunParts parts, long[] last, WriteEvent order)
    {
        if (order.Number > last[0] + 1)
        {
            return null;
        }

        if (order.Number > last[0])
        {
            parts.Watch(order.Event);
            last[0] = order.Number;
        }

        return new EventWritten(order.Number);
    }
}

using PlaNet.Runs.Messages;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Writes events down, in order and each once. The run supervisor sends again what is not confirmed when a new incarnation begins: what was
/// written by an earlier one is only confirmed, and an event that follows one which is not written yet is left, since it comes again.
/// </summary>
public static class MetricsActor
{
    private const string Thread = "metrics";

    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    public static Behavior Create(RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);

        // Outlives the incarnations; only the thread of the metrics touches it.
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
            parts.Watch(order.Happened);
            last[0] = order.Number;
        }

        return new EventWritten(order.Number);
    }
}

using PlaNet.Runs.Messages;

namespace PlaNet.Runs.Roles;

/// <summary>
/// Writes events down, in order and each once: the run supervisor sends again what is not noted when a new incarnation begins, and what
/// was written by an earlier one is only noted again. What was told to an earlier one and follows something that is not written yet is
/// left: it comes again, in order.
/// </summary>
public static class Metrics
{
    private const string Thread = "metrics";

    /// <summary>The role.</summary>
    /// <param name="parts">What it is made with.</param>
    public static Props Props(RunParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);

        // Outlives the incarnations; only the thread of the metrics touches it.
        var last = new long[1];
        return Actors.Props.Of(
            context => Next.With(0, new Tell(context.Parent, new MetricsReady())),
            (state, message, context) => message switch
            {
                NoteEvent note => Next.With(state, new Run(Thread, _ => Write(parts, last, note))),
                EventNoted noted => Next.With(state, new Tell(context.Parent, noted)),
                _ => Next.With(state),
            });
    }

    private static EventNoted? Write(RunParts parts, long[] last, NoteEvent note)
    {
        if (note.Number > last[0] + 1)
        {
            return null;
        }

        if (note.Number > last[0])
        {
            parts.Watch(note.Happened);
            last[0] = note.Number;
        }

        return new EventNoted(note.Number);
    }
}

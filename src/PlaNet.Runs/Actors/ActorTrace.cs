using System.Diagnostics;

namespace PlaNet.Runs.Actors;

/// <summary>
/// A message with which a trace begins, such as the order of a decision. All other messages belong to the trace of the message that they
/// follow from, so without such messages a run would be one endless trace.
/// </summary>
public interface IBeginsTrace;

/// <summary>
/// The paths of messages through the actors as activities of .NET (docs/operators.md): one activity for the handling of a message and one
/// for work on a thread, each a child of what it follows from. Without a listener, nothing is created.
/// </summary>
public static class ActorTrace
{
    /// <summary>Name of the activity source.</summary>
    public const string SourceName = "PlaNet.Actors";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>Begins the handling of a message.</summary>
    /// <param name="role">Name of the role.</param>
    /// <param name="message">The message.</param>
    /// <param name="from">Context of the message; default for a message from outside.</param>
    /// <param name="context">Context of everything that follows from the message.</param>
    /// <returns>Null if nobody listens, or if the trace is not sampled.</returns>
    internal static Activity? Receive(string role, object message, ActivityContext from, out ActivityContext context)
    {
        context = default;
        if (!s_source.HasListeners())
        {
            return null;
        }

        // A parent must come from the message alone.
        Activity.Current = null;
        var begins = message is IBeginsTrace;
        var parent = begins ? default : from;
        var span = s_source.StartActivity(
            "receive " + message.GetType().Name,
            ActivityKind.Internal,
            parent,
            links: begins && from != default ? [new ActivityLink(from)] : null);
        span?.SetTag("planet.role", role);
        context = span?.Context ?? parent;
        return span;
    }

    /// <summary>Begins work on a thread.</summary>
    /// <param name="role">Name of the role.</param>
    /// <param name="message">Name of the message that ordered the work.</param>
    /// <param name="thread">Name of the thread.</param>
    /// <param name="from">Context of that message.</param>
    /// <param name="context">Context of the result.</param>
    /// <returns>Null if nobody listens.</returns>
    internal static Activity? Work(string role, string message, string thread, ActivityContext from, out ActivityContext context)
    {
        context = default;
        if (!s_source.HasListeners())
        {
            return null;
        }

        Activity.Current = null;
        var span = s_source.StartActivity("work " + message, ActivityKind.Internal, from);
        span?.SetTag("planet.role", role).SetTag("planet.thread", thread);
        context = span?.Context ?? from;

        // Phases within the work of a trace that is not sampled must not begin traces of their own.
        return span ?? (from == default
            ? null
            : new Activity("unsampled").SetParentId(from.TraceId, from.SpanId, from.TraceFlags & ~ActivityTraceFlags.Recorded).Start());
    }

    /// <summary>Marks an activity as failed.</summary>
    internal static void Fail(Activity? span, Exception failure) =>
        span?.SetStatus(ActivityStatusCode.Error, $"{failure.GetType().Name}: {failure.Message}");
}

/// <summary>A message within a trace. Only roles of the same system receive it, and unwrap it.</summary>
/// <param name="Message">The message.</param>
/// <param name="Context">Context of the activity that the message follows from.</param>
internal sealed record Traced(object Message, ActivityContext Context);

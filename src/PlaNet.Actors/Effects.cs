namespace PlaNet.Actors;

/// <summary>Something a behaviour wants done, as data: a host does it.</summary>
public abstract record Effect;

/// <summary>Sends a message. Waits for room in the receiver's mailbox within the limit of <see cref="MailboxSettings.FullWaitSeconds"/>.</summary>
/// <param name="To">Who receives it: an address, or one incarnation.</param>
/// <param name="Message">Any immutable object.</param>
public sealed record Tell(ActorRef To, object Message) : Effect;

/// <summary>Tells the sender of the message at hand; answers an ask.</summary>
/// <param name="Message">Any immutable object; a <see cref="Failure"/> makes an ask throw.</param>
public sealed record Reply(object Message) : Effect;

/// <summary>Starts a child. Its address is <see cref="ActorContext.Child"/> of the name.</summary>
/// <param name="Name">Unique among the children, those still stopping included; see <see cref="ActorRef.Child"/>.</param>
/// <param name="Props">What it does.</param>
public sealed record Spawn(string Name, Props Props) : Effect;

/// <summary>Asks for a <see cref="Terminated"/> message when an actor has stopped for good, at once if it is not there.</summary>
/// <param name="Actor">Whom to watch. Restarts do not end a watch; a restart of the watcher does.</param>
public sealed record Watch(ActorRef Actor) : Effect;

/// <summary>Ends a watch: no <see cref="Terminated"/> of that actor is delivered from now on.</summary>
/// <param name="Actor">Whom not to watch.</param>
public sealed record Unwatch(ActorRef Actor) : Effect;

/// <summary>Sends this incarnation a message later. A timer of the same key is replaced and never heard of again.</summary>
/// <param name="Key">Names the timer within the actor.</param>
/// <param name="Delay">How long from now. At least zero.</param>
/// <param name="Message">What to send.</param>
public sealed record After(string Key, TimeSpan Delay, object Message) : Effect;

/// <summary>Cancels a timer, also one whose message waits in the mailbox.</summary>
/// <param name="Key">Its name.</param>
public sealed record Cancel(string Key) : Effect;

/// <summary>Asks for a <see cref="ReceiveTimeout"/> whenever no message came for a while.</summary>
/// <param name="Idle">For how long; null for no longer.</param>
public sealed record SetReceiveTimeout(TimeSpan? Idle) : Effect;

/// <summary>
/// Does blocking work (a device, a simulator, a file) on a thread of its own, never inside a mailbox. What it returns is told to this
/// incarnation; an exception is told as <see cref="Failed"/> makes it, or else fails the actor.
/// </summary>
/// <param name="Thread">Names the thread, such as "cuda:0": work of one name runs in order on one thread, which lives as long as the host.</param>
/// <param name="Work">Returns the message, or null for none. The token ends with the incarnation.</param>
public sealed record Run(string Thread, Func<CancellationToken, object?> Work) : Effect
{
    /// <summary>Makes a message of an exception. Default null: the exception goes to the supervisor.</summary>
    public Func<Exception, object>? Failed { get; init; }
}

/// <summary>Writes a line to the host's log.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Text">One line.</param>
public sealed record Log(LogSeverity Severity, string Text) : Effect;

/// <summary>Stops this actor after the message at hand, or a child. Its children stop first; what waits in its mailbox becomes dead letters.</summary>
/// <param name="Child">The child to stop; null for this actor.</param>
public sealed record Stop(ActorRef? Child = null) : Effect;

/// <summary>How bad a log entry is.</summary>
public enum LogSeverity
{
    /// <summary>For following what happens.</summary>
    Debug,

    /// <summary>Normal and worth knowing.</summary>
    Info,

    /// <summary>Unexpected, and dealt with.</summary>
    Warning,

    /// <summary>Something failed.</summary>
    Error,
}

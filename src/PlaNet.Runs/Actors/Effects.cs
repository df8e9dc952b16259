using Akka.Actor;
using Akka.Event;

namespace PlaNet.Runs.Actors;

/// <summary>Something a behaviour wants done, as data: <see cref="BehaviorActor"/> does it.</summary>
public abstract record Effect;

/// <summary>Sends a message.</summary>
/// <param name="To">Who receives it.</param>
/// <param name="Message">Any immutable object.</param>
public sealed record Tell(IActorRef To, object Message) : Effect;

/// <summary>Sends a message to a child. It is a dead letter where there is no such child.</summary>
/// <param name="Child">The child's name.</param>
/// <param name="Message">Any immutable object.</param>
public sealed record TellChild(string Child, object Message) : Effect;

/// <summary>Starts a child. When it has stopped for good, this actor is told <see cref="ChildStopped"/>.</summary>
/// <param name="Name">Unique among the children.</param>
/// <param name="Behavior">What it does.</param>
public sealed record Spawn(string Name, Behavior Behavior) : Effect;

/// <summary>Stops a child; nothing happens where there is no such child.</summary>
/// <param name="Child">The child's name.</param>
public sealed record StopChild(string Child) : Effect;

/// <summary>
/// Sends this incarnation a message later. A timer of the same key is replaced. It runs on the clock of the <see cref="RoleSystem"/>, which
/// tests replace; Akka's timers know only the clock of the machine.
/// </summary>
/// <param name="Key">Names the timer within the actor.</param>
/// <param name="Delay">How long from now. At least zero.</param>
/// <param name="Message">What to send.</param>
public sealed record After(string Key, TimeSpan Delay, object Message) : Effect;

/// <summary>Cancels a timer, also one whose message waits in the mailbox.</summary>
/// <param name="Key">Its name.</param>
public sealed record Cancel(string Key) : Effect;

/// <summary>
/// Does blocking work (a device, a simulator, a file) on a thread of its own, never inside a mailbox. An exception is told to this
/// incarnation as <see cref="Failed"/> makes it, or else fails the actor. Work of an incarnation that has ended is skipped, and its result
/// is dropped.
/// </summary>
/// <param name="Thread">Names the thread, such as "cuda:0": work of one name runs in order on one thread, which lives as long as the system.</param>
/// <param name="Work">Returns the message, or null for none. The token ends with the incarnation.</param>
public sealed record Run(string Thread, Func<CancellationToken, object?> Work) : Effect
{
    /// <summary>Whom the result is told to, with this actor as its sender. Default null: this incarnation.</summary>
    public IActorRef? To { get; init; }

    /// <summary>Makes a message of an exception; where it makes none, the exception goes to the supervisor. Default null: it makes none.</summary>
    public Func<Exception, object?>? Failed { get; init; }
}

/// <summary>Writes a line to the log.</summary>
/// <param name="Level">How bad it is. People are shown warnings and errors.</param>
/// <param name="Text">One line.</param>
public sealed record Log(LogLevel Level, string Text) : Effect;

/// <summary>A child has stopped for good. Comes after everything that it told this actor.</summary>
/// <param name="Child">The child.</param>
/// <param name="Cause">What it failed with, a <see cref="RoleFailedException"/> where its budget of restarts was used up; null when it stopped in order.</param>
public sealed record ChildStopped(IActorRef Child, Exception? Cause);

using Akka.Actor;
using Akka.Event;

namespace PlaNet.Runs.Actors;

/// <summary>A side effect of a behaviour, as data. <see cref="BehaviorActor"/> carries it out.</summary>
public abstract record Effect;

/// <summary>Sends a message.</summary>
/// <param name="To">The receiver.</param>
/// <param name="Message">Any immutable object.</param>
public sealed record Tell(IActorRef To, object Message) : Effect;

/// <summary>Sends a message to a child. If the child does not exist, the message becomes a dead letter.</summary>
/// <param name="Child">Name of the child.</param>
/// <param name="Message">Any immutable object.</param>
public sealed record TellChild(string Child, object Message) : Effect;

/// <summary>Starts a child. This actor receives <see cref="ChildStopped"/> when the child has stopped.</summary>
/// <param name="Name">Name of the child, unique among the children of the actor.</param>
/// <param name="Behavior">Behaviour of the child.</param>
public sealed record Spawn(string Name, Behavior Behavior) : Effect;

/// <summary>Stops a child. No effect if the child does not exist.</summary>
/// <param name="Child">Name of the child.</param>
public sealed record StopChild(string Child) : Effect;

/// <summary>
/// Starts a timer that sends a message to this incarnation once. Replaces a timer with the same key. The timer uses the clock of the
/// <see cref="RoleSystem"/>, which tests replace, because Akka's timers support only the system clock.
/// </summary>
/// <param name="Key">Key of the timer, unique within the actor.</param>
/// <param name="Delay">Delay of the message. At least zero.</param>
/// <param name="Message">Any immutable object.</param>
public sealed record After(string Key, TimeSpan Delay, object Message) : Effect;

/// <summary>Cancels a timer. Its message is not delivered, even if it is already in the mailbox.</summary>
/// <param name="Key">Key of the timer.</param>
public sealed record Cancel(string Key) : Effect;

/// <summary>
/// Does blocking work (on a device, a simulator or a file) on a dedicated thread instead of in the actor. An exception is converted to a
/// message by <see cref="Failed"/>, otherwise it fails the actor. Work of an ended incarnation is skipped, and its results are dropped.
/// </summary>
/// <param name="Thread">
/// Name of the thread, such as "cuda:0". Work with the same name runs in order on one thread, which exists as long as the actor system.
/// </param>
/// <param name="Work">Returns a message, or null for none. Its token is cancelled when the incarnation ends.</param>
public sealed record Run(string Thread, Func<CancellationToken, object?> Work) : Effect
{
    /// <summary>Receiver of the result, which has this actor as its sender. Default null: this incarnation.</summary>
    public IActorRef? To { get; init; }

    /// <summary>
    /// Converts an exception to a message to this incarnation. If it is null or returns null, the exception fails the actor. Default null.
    /// </summary>
    public Func<Exception, object?>? Failed { get; init; }
}

/// <summary>Writes a line to the log.</summary>
/// <param name="Level">Level of the line. Warnings and errors are shown to the user.</param>
/// <param name="Text">One line.</param>
public sealed record Log(LogLevel Level, string Text) : Effect;

/// <summary>A child has stopped. Delivered after all messages from the child.</summary>
/// <param name="Child">The stopped child.</param>
/// <param name="Cause">
/// The failure, a <see cref="RoleFailedException"/> if the restart budget was exhausted; null if the child was stopped without a failure.
/// </param>
public sealed record ChildStopped(IActorRef Child, Exception? Cause);

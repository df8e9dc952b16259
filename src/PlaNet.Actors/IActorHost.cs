namespace PlaNet.Actors;

/// <summary>
/// Runs actors: interprets their effects. Every host passes the same suite of tests (<c>HostConformance</c>), which is what this contract means.
/// </summary>
/// <remarks>
/// Messages are delivered at most once; those of one sender to one receiver in order. An actor handles one message at a time.
/// Supervision, stopping and watching go before messages. All members may be called from any thread.
/// </remarks>
public interface IActorHost : IAsyncDisposable
{
    /// <summary>Completes when every actor has stopped; fails with what was escalated beyond the top.</summary>
    Task Termination { get; }

    /// <summary>What was counted so far.</summary>
    HostStatistics Statistics { get; }

    /// <summary>Starts an actor at the top.</summary>
    /// <param name="name">Unique at the top; see <see cref="ActorRef.Child"/>.</param>
    /// <param name="props">What it does.</param>
    /// <returns>Its address.</returns>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="InvalidOperationException">The name is in use, or the host is shutting down.</exception>
    ActorRef Spawn(string name, Props props);

    /// <summary>Sends a message from outside; completes when it is in the mailbox, or is a dead letter.</summary>
    /// <param name="to">Who receives it.</param>
    /// <param name="message">Any immutable object.</param>
    /// <param name="cancellation">Ends the wait for room; the message is then not sent.</param>
    ValueTask TellAsync(ActorRef to, object message, CancellationToken cancellation = default);

    /// <summary>Sends a message and waits for the reply.</summary>
    /// <param name="to">Who receives it.</param>
    /// <param name="message">Any immutable object.</param>
    /// <param name="timeout">How long to wait, for room in the mailbox included.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="TimeoutException">No reply in time, for whatever reason. A later reply is a dead letter.</exception>
    Task<object> AskAsync(ActorRef to, object message, TimeSpan timeout, CancellationToken cancellation = default);

    /// <summary>Waits until an actor has stopped for good; at once if it is not there.</summary>
    /// <param name="actor">Whom to watch.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<Terminated> WatchAsync(ActorRef actor, CancellationToken cancellation = default);

    /// <summary>Stops every actor, children before parents, then lets the threads finish their work. May be called again.</summary>
    /// <param name="deadline">How long that may take.</param>
    /// <exception cref="TimeoutException">It took longer: the message names the actors and threads that are left. They are abandoned.</exception>
    Task ShutdownAsync(TimeSpan deadline);
}

/// <summary>What a host counted.</summary>
/// <param name="Actors">Actors there are now.</param>
/// <param name="Restarts">Incarnations begun beyond the first of each actor.</param>
/// <param name="DeadLetters">Messages that nobody received, those of <paramref name="Stale"/> not counted.</param>
/// <param name="Stale">Messages from or to an incarnation that had ended.</param>
public sealed record HostStatistics(int Actors, long Restarts, long DeadLetters, long Stale);

/// <summary>Why nobody received a message.</summary>
public enum DeadLetterReason
{
    /// <summary>There is no such actor, or it stopped before it came to the message.</summary>
    NoActor,

    /// <summary>Its mailbox stayed full for as long as an actor waits, or the sender was stopped while it waited.</summary>
    MailboxFull,

    /// <summary>The reply came after the ask ended, or was one too many.</summary>
    NotAsked,

    /// <summary>It was from or to an incarnation that had ended.</summary>
    Stale,
}

/// <summary>A message that nobody received.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sender">Who told it.</param>
/// <param name="Receiver">Whom it was told to.</param>
/// <param name="Reason">Why nobody received it.</param>
public sealed record DeadLetter(object Message, ActorRef Sender, ActorRef Receiver, DeadLetterReason Reason);

/// <summary>A line of the log.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Actor">Who it is about.</param>
/// <param name="Text">One line.</param>
/// <param name="Failure">The exception it is about, where there is one.</param>
public sealed record LogEntry(LogSeverity Severity, ActorRef Actor, string Text, Exception? Failure = null);

using System.Runtime.InteropServices;
using Akka.Actor;

namespace PlaNet.Runs.Actors;

/// <summary>Context of a behaviour when it handles a message.</summary>
/// <param name="Self">The actor itself.</param>
/// <param name="Sender">Sender of the message; <see cref="ActorRefs.NoSender"/> if it comes from outside the actor system.</param>
/// <param name="Parent">Parent of the actor.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RoleContext(IActorRef Self, IActorRef Sender, IActorRef Parent);

/// <summary>Result of a behaviour: the next state, and effects to carry out.</summary>
/// <typeparam name="TState">Type of the actor's state: an immutable record or a value.</typeparam>
/// <param name="State">State for the next message.</param>
/// <param name="Effects">Effects, carried out in order.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Next<TState>(TState State, IReadOnlyList<Effect> Effects);

/// <summary>Creates results of behaviours.</summary>
public static class Next
{
    /// <summary>Creates a result.</summary>
    /// <param name="state">State for the next message.</param>
    /// <param name="effects">Effects, carried out in order.</param>
    public static Next<TState> With<TState>(TState state, params Effect[] effects) => new(state, effects);
}

/// <summary>The behaviour of an actor as pure functions, and its supervision of children.</summary>
public abstract record Behavior
{
    /// <summary>
    /// Decides about a failed child by its exception. Restarts are delayed by a backoff and limited by a budget
    /// (<c>planet.supervision</c>); a child that exceeds it is stopped. Default: restart.
    /// </summary>
    public Func<Exception, Directive> Decide { get; init; } = static _ => Directive.Restart;

    /// <summary>Creates an incarnation that has not begun.</summary>
    public abstract Incarnation CreateIncarnation();

    /// <summary>Creates a behaviour. All functions must be pure: no I/O, no clock, no randomness.</summary>
    /// <param name="begin">Initial state and effects of every incarnation.</param>
    /// <param name="receive">Handles a message. If it throws, the state is unchanged and the supervisor handles the exception.</param>
    /// <param name="end">
    /// Final effects of an incarnation that stops or restarts, to release resources of its state. Only <see cref="Tell"/>,
    /// <see cref="Run"/> and <see cref="Log"/> are carried out, and results of the work are discarded. Default: none.
    /// </param>
    public static Behavior<TState> Of<TState>(
        Func<RoleContext, Next<TState>> begin,
        Func<TState, object, RoleContext, Next<TState>> receive,
        Func<TState, IReadOnlyList<Effect>>? end = null) => new(begin, receive, end);
}

/// <summary>A behaviour with a state; see <see cref="Behavior.Of"/>.</summary>
/// <typeparam name="TState">Type of the actor's state.</typeparam>
/// <param name="Begin">Initial state and effects of every incarnation.</param>
/// <param name="Receive">Handles a message.</param>
/// <param name="End">Final effects of an incarnation; null for none.</param>
public sealed record Behavior<TState>(
    Func<RoleContext, Next<TState>> Begin,
    Func<TState, object, RoleContext, Next<TState>> Receive,
    Func<TState, IReadOnlyList<Effect>>? End) : Behavior
{
    /// <inheritdoc/>
    public override Incarnation CreateIncarnation() => new Incarnation<TState>(this);
}

/// <summary>
/// One incarnation of an actor: a behaviour with its current state. <see cref="BehaviorActor"/> calls it, never concurrently; tests call it
/// without an actor system.
/// </summary>
public abstract class Incarnation
{
    /// <summary>Begins the incarnation. Must be called once, before all other methods.</summary>
    /// <param name="context">Context without a sender.</param>
    /// <returns>The initial effects.</returns>
    public abstract IReadOnlyList<Effect> Begin(RoleContext context);

    /// <summary>Handles a message. The state is unchanged if it throws.</summary>
    /// <param name="message">Any immutable object.</param>
    /// <param name="context">Context of the message.</param>
    /// <returns>The effects of the message.</returns>
    public abstract IReadOnlyList<Effect> Receive(object message, RoleContext context);

    /// <summary>Ends the incarnation.</summary>
    /// <returns>The final effects; none if the incarnation never began.</returns>
    public abstract IReadOnlyList<Effect> End();
}

/// <inheritdoc/>
/// <typeparam name="TState">Type of the actor's state.</typeparam>
/// <param name="behavior">Behaviour of the actor.</param>
public sealed class Incarnation<TState>(Behavior<TState> behavior) : Incarnation
{
    private bool _begun;
    private TState _state = default!;

    /// <summary>The state after the latest message.</summary>
    /// <exception cref="InvalidOperationException">The incarnation has not begun.</exception>
    public TState State => _begun ? _state : throw new InvalidOperationException("The incarnation has not begun: call Begin first.");

    /// <inheritdoc/>
    public override IReadOnlyList<Effect> Begin(RoleContext context)
    {
        (_state, var effects) = behavior.Begin(context);
        _begun = true;
        return effects;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Effect> Receive(object message, RoleContext context)
    {
        (_state, var effects) = behavior.Receive(State, message, context);
        return effects;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Effect> End() => _begun && behavior.End is { } end ? end(_state) : [];
}

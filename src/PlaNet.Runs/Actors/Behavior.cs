using System.Runtime.InteropServices;
using Akka.Actor;

namespace PlaNet.Runs.Actors;

/// <summary>What a behaviour may know beside its state and the message.</summary>
/// <param name="Self">The actor.</param>
/// <param name="Sender">Who told the message; <see cref="ActorRefs.NoSender"/> from outside.</param>
/// <param name="Parent">The actor's parent.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RoleContext(IActorRef Self, IActorRef Sender, IActorRef Parent);

/// <summary>What a behaviour returns: the state for the next message, and what is to be done.</summary>
/// <typeparam name="TState">The actor's state: an immutable record, or a value.</typeparam>
/// <param name="State">The next state.</param>
/// <param name="Effects">Done in order.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Next<TState>(TState State, IReadOnlyList<Effect> Effects);

/// <summary>Makes what a behaviour returns.</summary>
public static class Next
{
    /// <summary>Continues in a state and has effects done.</summary>
    /// <param name="state">The next state.</param>
    /// <param name="effects">Done in order.</param>
    public static Next<TState> With<TState>(TState state, params Effect[] effects) => new(state, effects);
}

/// <summary>What an actor does, as pure functions, and how it supervises its children.</summary>
public abstract record Behavior
{
    /// <summary>
    /// What is done with a child that failed, by the exception. A restart comes after a pause and within a budget
    /// (<c>planet.supervision</c>); beyond it the child is stopped. Default: restart.
    /// </summary>
    public Func<Exception, Directive> Decide { get; init; } = static _ => Directive.Restart;

    /// <summary>A new incarnation, not begun.</summary>
    public abstract Incarnation CreateIncarnation();

    /// <summary>A behaviour over a state.</summary>
    /// <param name="begin">First state and effects of every incarnation. Pure, as are the others: no I/O, no clock, no randomness of their own.</param>
    /// <param name="receive">Next state and effects. What it throws goes to the supervisor; the state then stays as it was.</param>
    /// <param name="end">Last effects of an incarnation that stops or is restarted, for freeing what the state owns: only
    /// <see cref="Tell"/>, <see cref="Run"/> and <see cref="Log"/> are done, and the work returns to nobody. Default none.</param>
    public static Behavior<TState> Of<TState>(
        Func<RoleContext, Next<TState>> begin,
        Func<TState, object, RoleContext, Next<TState>> receive,
        Func<TState, IReadOnlyList<Effect>>? end = null) => new(begin, receive, end);
}

/// <summary>A behaviour over a state; see <see cref="Behavior.Of"/>.</summary>
/// <typeparam name="TState">The actor's state.</typeparam>
/// <param name="Begin">First state and effects of every incarnation.</param>
/// <param name="Receive">Next state and effects.</param>
/// <param name="End">Last effects of an incarnation; null for none.</param>
public sealed record Behavior<TState>(
    Func<RoleContext, Next<TState>> Begin,
    Func<TState, object, RoleContext, Next<TState>> Receive,
    Func<TState, IReadOnlyList<Effect>>? End) : Behavior
{
    /// <inheritdoc/>
    public override Incarnation CreateIncarnation() => new Incarnation<TState>(this);
}

/// <summary>
/// One incarnation of an actor: a behaviour and where its state is. <see cref="BehaviorActor"/> drives it, one call at a time; tests do so
/// without an actor system.
/// </summary>
public abstract class Incarnation
{
    /// <summary>Begins: the first effects. Called once, first.</summary>
    /// <param name="context">Who is who; there is no sender.</param>
    public abstract IReadOnlyList<Effect> Begin(RoleContext context);

    /// <summary>Handles a message: its effects. The state is unchanged when it throws.</summary>
    /// <param name="message">The message.</param>
    /// <param name="context">Who is who.</param>
    public abstract IReadOnlyList<Effect> Receive(object message, RoleContext context);

    /// <summary>Ends: the last effects; none when it never began.</summary>
    public abstract IReadOnlyList<Effect> End();
}

/// <inheritdoc/>
/// <typeparam name="TState">The actor's state.</typeparam>
/// <param name="behavior">The behaviour.</param>
public sealed class Incarnation<TState>(Behavior<TState> behavior) : Incarnation
{
    private bool _begun;
    private TState _state = default!;

    /// <summary>The state after the last message.</summary>
    /// <exception cref="InvalidOperationException">It has not begun.</exception>
    public TState State => _begun ? _state : throw new InvalidOperationException("The actor has no state before Begin: call that first.");

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

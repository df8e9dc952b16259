using System.Runtime.InteropServices;

namespace PlaNet.Actors;

/// <summary>What a behaviour returns: the state for the next message, and what is to be done.</summary>
/// <typeparam name="TState">The actor's state: an immutable record, or a value.</typeparam>
/// <param name="State">The next state.</param>
/// <param name="Effects">Done in order.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Next<TState>(TState State, IReadOnlyList<Effect> Effects);

/// <summary>Makes what a behaviour returns.</summary>
public static class Next
{
    /// <summary>Goes on in a state and has effects done.</summary>
    /// <param name="state">The next state.</param>
    /// <param name="effects">Done in order.</param>
    public static Next<TState> With<TState>(TState state, params Effect[] effects) => new(state, effects);
}

/// <summary>How an actor is made: its behaviour, and how it supervises its children.</summary>
public abstract record Props
{
    /// <summary>How failures of the children are dealt with. Default: restart within the host's budget.</summary>
    public SupervisorStrategy Supervision { get; init; } = SupervisorStrategy.Default;

    /// <summary>Messages that wait at most. At least 1. Default null: <see cref="MailboxSettings.Capacity"/>.</summary>
    public int? MailboxCapacity { get; init; }

    /// <summary>A new incarnation, not begun.</summary>
    public abstract ActorInstance CreateInstance();

    /// <summary>An actor over a state.</summary>
    /// <param name="begin">First state and effects of every incarnation. Pure, as are the others: no I/O, no clock, no randomness of their own.</param>
    /// <param name="receive">Next state and effects. What it throws goes to the supervisor; the state then stays as it was.</param>
    /// <param name="end">Last effects of an incarnation that stops or is restarted, for freeing what the state owns: only
    /// <see cref="Tell"/>, <see cref="Run"/> and <see cref="Log"/> are done, and the work returns to nobody. Default none.</param>
    public static Props<TState> Of<TState>(
        Func<ActorContext, Next<TState>> begin,
        Func<TState, object, ActorContext, Next<TState>> receive,
        Func<TState, IReadOnlyList<Effect>>? end = null) => new(begin, receive, end);
}

/// <summary>How an actor over a state is made; see <see cref="Props.Of"/>.</summary>
/// <typeparam name="TState">The actor's state.</typeparam>
/// <param name="Begin">First state and effects of every incarnation.</param>
/// <param name="Receive">Next state and effects.</param>
/// <param name="End">Last effects of an incarnation; null for none.</param>
public sealed record Props<TState>(
    Func<ActorContext, Next<TState>> Begin,
    Func<TState, object, ActorContext, Next<TState>> Receive,
    Func<TState, IReadOnlyList<Effect>>? End) : Props
{
    /// <inheritdoc/>
    public override ActorInstance CreateInstance() => new ActorInstance<TState>(this);
}

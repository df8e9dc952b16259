namespace PlaNet.Actors;

/// <summary>One incarnation of an actor: a behaviour and where its state is. Hosts drive it, one call at a time; tests do so without a host.</summary>
public abstract class ActorInstance
{
    /// <summary>Begins: the first effects. Called once, first.</summary>
    /// <param name="context">Who is who; there is no sender.</param>
    public abstract IReadOnlyList<Effect> Begin(ActorContext context);

    /// <summary>Handles a message: its effects. The state is unchanged when it throws.</summary>
    /// <param name="message">The message.</param>
    /// <param name="context">Who is who.</param>
    public abstract IReadOnlyList<Effect> Receive(object message, ActorContext context);

    /// <summary>Ends: the last effects; none when it never began.</summary>
    public abstract IReadOnlyList<Effect> End();
}

/// <inheritdoc/>
/// <typeparam name="TState">The actor's state.</typeparam>
/// <param name="props">The behaviour.</param>
public sealed class ActorInstance<TState>(Props<TState> props) : ActorInstance
{
    private bool _begun;
    private TState _state = default!;

    /// <summary>The state after the last message.</summary>
    /// <exception cref="InvalidOperationException">It has not begun.</exception>
    public TState State => _begun ? _state : throw new InvalidOperationException("The actor has no state before Begin: call that first.");

    /// <inheritdoc/>
    public override IReadOnlyList<Effect> Begin(ActorContext context)
    {
        (_state, var effects) = props.Begin(context);
        _begun = true;
        return effects;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Effect> Receive(object message, ActorContext context)
    {
        (_state, var effects) = props.Receive(State, message, context);
        return effects;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Effect> End() => _begun && props.End is { } end ? end(_state) : [];
}

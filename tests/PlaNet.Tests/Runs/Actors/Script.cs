using System.Collections.Immutable;
using System.Threading.Channels;
using PlaNet.Runs.Actors;

namespace PlaNet.Tests.Runs.Actors;

/// <summary>Makes an actor return these effects.</summary>
internal sealed record Do(Func<RoleContext, Effect[]> Effects)
{
    public Do(params Effect[] effects)
        : this(_ => effects)
    {
    }
}

/// <summary>Makes an actor throw.</summary>
internal sealed record Crash(string Reason = "crash");

/// <summary>Asks for all messages that this incarnation has received.</summary>
internal sealed record GetReceived;

/// <summary>An actor that carries out <see cref="Do"/> and <see cref="Crash"/>, and records every other message for the test.</summary>
internal sealed class Script
{
    private readonly Channel<object> _feed = Channel.CreateUnbounded<object>();

    public Func<RoleContext, Effect[]> Begin { get; init; } = _ => [];

    public Effect[] End { get; init; } = [];

    public Behavior<ImmutableList<object>> Behavior => PlaNet.Runs.Actors.Behavior.Of(
        context => Next.With(ImmutableList<object>.Empty, Begin(context)),
        Receive,
        _ => End);

    /// <summary>The next message that any incarnation receives, in order.</summary>
    public async Task<object> NextMessage() => await _feed.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public bool HasMoreMessages => _feed.Reader.TryPeek(out _);

    private Next<ImmutableList<object>> Receive(ImmutableList<object> received, object message, RoleContext context)
    {
        switch (message)
        {
            case Do act:
                return Next.With(received, act.Effects(context));
            case Crash crash:
                throw new InvalidOperationException(crash.Reason);
            case GetReceived:
                return Next.With(received, new Tell(context.Sender, received));
            default:
                _feed.Writer.TryWrite(message);
                return Next.With(received.Add(message));
        }
    }
}

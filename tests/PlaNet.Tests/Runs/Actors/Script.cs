using System.Collections.Immutable;
using System.Threading.Channels;
using PlaNet.Runs.Actors;

namespace PlaNet.Tests.Runs.Actors;

/// <summary>Has an actor return these effects.</summary>
internal sealed record Do(Func<RoleContext, Effect[]> Effects)
{
    public Do(params Effect[] effects)
        : this(_ => effects)
    {
    }
}

/// <summary>Has an actor throw.</summary>
internal sealed record Crash(string Reason = "crash");

/// <summary>Answered with everything heard by this incarnation.</summary>
internal sealed record WhatWasHeard;

/// <summary>An actor that does what it is told and writes down the rest: for itself, and for the test that waits for it.</summary>
internal sealed class Script
{
    private readonly Channel<object> _feed = Channel.CreateUnbounded<object>();

    public Func<RoleContext, Effect[]> Begin { get; init; } = _ => [];

    public Effect[] End { get; init; } = [];

    public Behavior<ImmutableList<object>> Behavior => PlaNet.Runs.Actors.Behavior.Of(
        context => Next.With(ImmutableList<object>.Empty, Begin(context)),
        Receive,
        _ => End);

    /// <summary>What any incarnation hears next, in order.</summary>
    public async Task<object> Heard() => await _feed.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

    public bool HasHeardMore => _feed.Reader.TryPeek(out _);

    private Next<ImmutableList<object>> Receive(ImmutableList<object> heard, object message, RoleContext context)
    {
        switch (message)
        {
            case Do act:
                return Next.With(heard, act.Effects(context));
            case Crash crash:
                throw new InvalidOperationException(crash.Reason);
            case WhatWasHeard:
                return Next.With(heard, new Tell(context.Sender, heard));
            default:
                _feed.Writer.TryWrite(message);
                return Next.With(heard.Add(message));
        }
    }
}

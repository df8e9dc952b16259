using System.Collections.Immutable;
using PlaNet.Actors;
using PlaNet.Actors.Local;

namespace PlaNet.Tests.Actors;

public sealed class LocalHostTests : HostConformance
{
    protected override IActorHost CreateHost(HostSetup setup) => new LocalHost(new LocalHostOptions
    {
        Settings = setup.Settings,
        Supervision = setup.Supervision,
        Time = setup.Time,
        DeadLetter = setup.DeadLetter,
        Log = setup.Log,
    });

    [Fact]
    public async Task Crashing_actors_lose_no_message_but_those_they_crash_at_and_keep_the_order_of_every_sender()
    {
        const int Workers = 4, Senders = 4, Messages = 4000, CrashEvery = 97;
        var settings = new ActorSettings
        {
            Supervision = new SupervisionSettings { MaxRestarts = int.MaxValue, MinBackoffSeconds = 0, MaxBackoffSeconds = 0 },
            Mailboxes = new MailboxSettings { Capacity = 8, FullWaitSeconds = 60 },
        };
        await using var host = new LocalHost(new LocalHostOptions { Settings = settings });
        var collector = host.Spawn("collector", Props.Of(
            _ => Next.With(0),
            (count, message, _) => message is Count ? Next.With(count, new Reply(count)) : Next.With(count + 1)));
        var handled = new int[Workers, Senders];
        var crashed = new int[Workers];
        var disorder = 0;
        for (var worker = 0; worker < Workers; worker++)
        {
            var self = worker;
            host.Spawn($"worker-{worker}", Props.Of(_ => Next.With(0), (_, message, _) =>
            {
                if (message is Count)
                {
                    return Next.With(0, new Reply(0));
                }

                // Written down beside the actor, which forgets: an actor handles one message at a time, also across restarts.
                var (sender, number) = ((int, int))message;
                disorder += number == handled[self, sender] ? 0 : 1;
                handled[self, sender] = number + 1;
                if ((number + sender) % CrashEvery == 0)
                {
                    crashed[self]++;
                    throw new InvalidOperationException("as planned");
                }

                return Next.With(0, new Tell(collector, number));
            }));
        }

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var number = 0; number < Messages; number++)
            {
                for (var worker = 0; worker < Workers; worker++)
                {
                    await host.TellAsync(new ActorRef($"/worker-{worker}"), (sender, number));
                }
            }
        })));
        for (var worker = 0; worker < Workers; worker++)
        {
            await host.AskAsync(new ActorRef($"/worker-{worker}"), new Count(), TimeSpan.FromSeconds(20));
        }

        var collected = (int)await host.AskAsync(collector, new Count(), TimeSpan.FromSeconds(20));
        var statistics = host.Statistics;
        Assert.All(handled.Cast<int>(), number => Assert.Equal(Messages, number));
        Assert.Equal(0, disorder);
        Assert.Equal(crashed.Sum(), statistics.Restarts);
        Assert.Equal(0, statistics.DeadLetters);
        Assert.Equal((Workers * Senders * Messages) - crashed.Sum(), collected + statistics.Stale);
    }

    [Fact]
    public async Task A_later_epoch_has_higher_incarnations()
    {
        var numbers = new List<long>();
        foreach (var epoch in new[] { 0, 1, 2 })
        {
            await using var host = new LocalHost(new LocalHostOptions { Epoch = epoch });
            var actor = host.Spawn("a", Props.Of(_ => Next.With(0), (state, _, context) => Next.With(state, new Reply(context.Self.Incarnation))));
            numbers.Add((long)await host.AskAsync(actor, "which", TimeSpan.FromSeconds(20)));
        }

        Assert.Equal([0L, 1, 2], numbers.Select(number => number >> 32));
    }

    [Fact]
    public void A_behaviour_is_tested_without_a_host()
    {
        var props = Props.Of(
            _ => Next.With(ImmutableList<string>.Empty, new SetReceiveTimeout(TimeSpan.FromSeconds(1))),
            (heard, message, context) => Next.With(heard.Add((string)message), new Reply(heard.Count), new Tell(context.Child("log"), message)),
            heard => [new Log(LogSeverity.Info, $"{heard.Count}")]);
        var actor = new ActorInstance<ImmutableList<string>>(props);
        var context = new ActorContext(new ActorRef("/a", 7), ActorRef.None, ActorRef.None);
        Assert.Throws<InvalidOperationException>(() => actor.State);
        Assert.Empty(actor.End());
        Assert.Equal([new SetReceiveTimeout(TimeSpan.FromSeconds(1))], actor.Begin(context));
        Assert.Equal([new Reply(0), new Tell(new ActorRef("/a/log"), "x")], actor.Receive("x", context));
        Assert.Throws<InvalidCastException>(() => actor.Receive(1, context));
        Assert.Equal(["x"], actor.State);
        Assert.Equal([new Log(LogSeverity.Info, "1")], actor.End());
    }

    [Fact]
    public void A_host_refuses_settings_that_break_their_rule() =>
        Assert.Throws<ActorSettingsException>(() => new LocalHost(new LocalHostOptions { Settings = new() { Mailboxes = new() { Capacity = 0 } } }));

    private sealed record Count;
}

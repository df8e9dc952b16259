using System.Collections.Concurrent;
using Akka.Actor;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Settings;

namespace PlaNet.Tests.Runs.Actors;

/// <summary>Whole actor systems: how they end, what they count, and that many crashes lose no other message.</summary>
public sealed class RoleSystemTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);
    private static readonly HoconSettings s_settings = HoconSettings.Default with
    {
        Planet = new PlanetSettings
        {
            Supervision = new SupervisionSettings { MaxRestarts = int.MaxValue, MinBackoffSeconds = 0, MaxBackoffSeconds = 0 }
        },
    };

    [Fact]
    public async Task Crashing_actors_lose_no_message_but_those_they_crash_at_and_keep_the_order_of_every_sender()
    {
        const int Workers = 4, Senders = 4, Messages = 4000, CrashEvery = 97;
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var handled = new int[Workers, Senders];
        var (crashed, disorder) = (new int[Workers], 0);
        var worker = (int self) => Behavior.Of(_ => Next.With(0), (state, message, context) =>
        {
            // Recorded outside the actor, which loses its state: an actor handles one message at a time, also across restarts.
            var (sender, number) = ((int, int))message;
            Interlocked.Add(ref disorder, number == handled[self, sender] ? 0 : 1);
            handled[self, sender] = number + 1;
            if ((number + sender) % CrashEvery == 0)
            {
                crashed[self]++;
                throw new InvalidOperationException("as planned");
            }

            return Next.With(state, new Tell(context.Parent, new Handled()));
        });
        var expected = Workers
            * Enumerable.Range(0, Senders)
                .Sum(sender => Enumerable.Range(0, Messages).Count(number => (number + sender) % CrashEvery != 0));
        var top = Behavior.Of(
            _ => Next.With(0, [.. Enumerable.Range(0, Workers).Select(i => new Spawn($"worker-{i}", worker(i)))]),
            (count, message, _) =>
            {
                if (message is Handled && count + 1 == expected)
                {
                    ended.SetResult(count + 1);
                }

                return message is Handled
                    ? Next.With(count + 1)
                    : new Next<int>(count, [.. Enumerable.Range(0, Workers).Select(i => new TellChild($"worker-{i}", message))]);
            });
        var system = new RoleSystem("top", top, _ => Directive.Stop, s_settings, TimeProvider.System, _ => { });
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var number = 0; number < Messages; number++)
            {
                system.Tell((sender, number));
            }
        })));
        Assert.Equal(expected, await system.EndAsync(ended.Task.WaitAsync(s_long), s_long));
        Assert.All(handled.Cast<int>(), number => Assert.Equal(Messages, number));
        Assert.Equal(0, disorder);
        Assert.Equal(new ActorCounts(crashed.Sum(), DeadLetters: 0, Stale: 0), system.Counts);
    }

    [Fact]
    public async Task A_top_role_that_fails_for_good_ends_the_system_with_its_failure()
    {
        var system = Start(new Script(), _ => Directive.Stop);
        system.Tell(new Crash("for good"));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => system.EndAsync(new TaskCompletionSource<bool>().Task, s_long));
        Assert.Equal("for good", failure.Message);
    }

    [Fact]
    public async Task Undelivered_messages_are_counted_and_logged()
    {
        var log = new BlockingCollection<LogLine>();
        var system = Start(new Script(), _ => Directive.Stop, log.Add);
        system.Tell(new Do(new TellChild("nobody", new Handled())));
        Assert.Equal("Handled from /top was not delivered.", log.Take().Text);
        Assert.Equal(1, system.Counts.DeadLetters);
        await system.EndAsync(Task.FromResult(true), s_long);
    }

    [Fact]
    public async Task Messages_work_and_restarts_of_each_role_are_counted()
    {
        using var gate = new ManualResetEventSlim();
        var (begun, child) = (NewSignal(), new Script());
        var system = Start(new Script { Begin = _ => [new Spawn("child", child.Behavior)] });
        var waiting = new Do(new Run("device", _ => null));
        foreach (var message in new object[] { "first", new Crash(), "second", new Do(Block(gate, begun)), waiting })
        {
            system.Tell(new Do(new TellChild("child", message)));
        }

        await begun.Task.WaitAsync(s_long);
        while (system.Roles is not [{ Mailbox: 1, Messages: 5 }, { Mailbox: 0 }])
        {
            await Task.Yield();
        }

        Assert.Equal(["child", "top"], system.Roles.Select(role => role.Name));
        var blocked = system.Roles[0];
        Assert.Equal(("do", 1, 5L), (blocked.Doing, blocked.Restarts, blocked.Messages));
        Assert.True(system.Roles[0].BusySeconds > blocked.BusySeconds);
        Assert.Equal((null, 0, 5L), (system.Roles[1].Doing, system.Roles[1].Restarts, system.Roles[1].Messages));
        gate.Set();
        await system.EndAsync(Task.FromResult(true), s_long);
        Assert.Empty(system.Roles);
    }

    [Fact]
    public async Task A_system_ends_when_its_threads_have_finished_their_work()
    {
        using var gate = new ManualResetEventSlim();
        var (begun, ended) = (NewSignal(), NewSignal());
        var system = Start(new Script
        {
            End = [new Run("other", _ =>
            {
                ended.SetResult();
                return null;
            })],
        });
        system.Tell(new Do(Block(gate, begun)));
        await begun.Task.WaitAsync(s_long);
        var ending = system.EndAsync(Task.FromResult(true), s_long);
        await ended.Task.WaitAsync(s_long);
        Assert.False(ending.IsCompleted);
        gate.Set();
        Assert.True(await ending);
    }

    [Fact]
    public async Task Actors_that_do_not_stop_in_time_are_abandoned()
    {
        var time = new ManualTime();
        var log = new ConcurrentQueue<LogLine>();
        using var gate = new ManualResetEventSlim();
        var system = Start(new Script(), log: log.Enqueue, time: time);
        var begun = NewSignal();
        system.Tell(new Do(Block(gate, begun)));
        await begun.Task.WaitAsync(s_long);
        var ending = system.EndAsync(Task.FromResult(true), TimeSpan.FromSeconds(9));
        await time.Armed(9);
        time.Advance(9);
        Assert.True(await ending.WaitAsync(s_long));
        Assert.Contains(log, line => line.Text == "The actors did not stop within 9 s and are abandoned.");
        gate.Set();
    }

    [Fact]
    public async Task Akka_logs_to_the_systems_log_and_only_from_its_level_on()
    {
        var log = new ConcurrentQueue<LogLine>();
        await Start(new Script(), log: log.Enqueue).EndAsync(Task.FromResult(true), s_long);
        Assert.DoesNotContain(log, line => line.IsFromAkka);
        var settings = s_settings.WithLog(Akka.Event.LogLevel.DebugLevel);
        var system = new RoleSystem("top", new Script().Behavior, _ => Directive.Stop, settings, TimeProvider.System, log.Enqueue);
        await system.EndAsync(Task.FromResult(true), s_long);
        Assert.Contains(log, line => line is { IsFromAkka: true, Level: Akka.Event.LogLevel.DebugLevel });
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Run Block(ManualResetEventSlim gate, TaskCompletionSource begun) => new("device", _ =>
    {
        begun.SetResult();
        gate.Wait(CancellationToken.None);
        return null;
    });

    private static RoleSystem Start(
        Script script, Func<Exception, Directive>? decide = null, Action<LogLine>? log = null, TimeProvider? time = null) =>
        new("top", script.Behavior, decide ?? (_ => Directive.Restart), s_settings, time ?? TimeProvider.System, log ?? (_ => { }));

    private sealed record Handled;
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using PlaNet.Actors;

namespace PlaNet.Tests.Actors;

/// <summary>What a host is made of in these tests.</summary>
public sealed record HostSetup
{
    public ActorSettings Settings { get; init; } = new() { Supervision = new SupervisionSettings { Jitter = 0 } };

    public SupervisorStrategy Supervision { get; init; } = SupervisorStrategy.Default;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public Action<DeadLetter> DeadLetter { get; init; } = _ => { };

    public Action<LogEntry> Log { get; init; } = _ => { };
}

/// <summary>What <see cref="IActorHost"/> means. Written once: a class that derives from this runs it for a host.</summary>
public abstract class HostConformance
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    protected abstract IActorHost CreateHost(HostSetup setup);

    // ---- Telling and asking ----

    [Fact]
    public async Task Messages_of_one_sender_arrive_in_order()
    {
        await using var host = CreateHost(new HostSetup());
        var actor = host.Spawn("a", new Script().Props);
        for (var i = 0; i < 2000; i++)
        {
            await host.TellAsync(actor, i);
        }

        Assert.Equal(Enumerable.Range(0, 2000).Cast<object>(), await Heard(host, actor));
    }

    [Fact]
    public async Task Messages_of_one_actor_arrive_in_order_also_through_a_full_mailbox()
    {
        await using var host = CreateHost(new HostSetup());
        var actor = host.Spawn("a", new Script().Props with { MailboxCapacity = 1 });
        var sender = host.Spawn("b", new Script().Props);
        await host.TellAsync(sender, new Do([.. Enumerable.Range(0, 500).Select(i => new Tell(actor, i)), new Tell(sender, "done")]));
        while (!(await Heard(host, sender)).Contains("done"))
        {
        }

        Assert.Equal(Enumerable.Range(0, 500).Cast<object>(), await Heard(host, actor));
    }

    [Fact]
    public async Task What_an_actor_tells_itself_never_waits_and_does_not_shut_others_out()
    {
        await using var host = CreateHost(new HostSetup());
        var again = new Do([]);
        again = new Do(context => [new Tell(context.Self, again)]);
        var script = new Script();
        var actor = host.Spawn("a", script.Props with { MailboxCapacity = 1 });
        await host.TellAsync(actor, new Do(context => [.. Enumerable.Repeat(new Tell(context.Self, again), 10)]));
        await host.TellAsync(actor, "from outside");
        Assert.Equal("from outside", await script.Heard());
    }

    [Fact]
    public async Task A_failure_as_reply_makes_the_ask_throw()
    {
        await using var host = CreateHost(new HostSetup());
        var actor = host.Spawn("a", new Script().Props);
        var thrown = await Assert.ThrowsAsync<InvalidDataException>(
            () => host.AskAsync(actor, new Do(new Reply(new Failure(new InvalidDataException("no")))), Long));
        Assert.Equal("no", thrown.Message);
    }

    [Fact]
    public async Task An_ask_without_a_reply_times_out_and_a_late_reply_is_a_dead_letter()
    {
        var time = new ManualTime();
        var letters = new Letters();
        await using var host = CreateHost(new HostSetup { Time = time, DeadLetter = letters.Add });
        var script = new Script();
        var actor = host.Spawn("a", script.Props);
        ActorRef? asker = null;
        var ask = host.AskAsync(actor, new Do(context => [.. Keep(context.Sender, out asker), new Tell(context.Self, "kept")]), TimeSpan.FromSeconds(3));
        Assert.Equal("kept", await script.Heard());
        await time.Armed(3);
        time.Advance(2.9);
        Assert.False(ask.IsCompleted);
        time.Advance(0.2);
        var late = await Assert.ThrowsAsync<TimeoutException>(() => ask);
        Assert.Contains("/a did not answer Do", late.Message, StringComparison.Ordinal);
        await host.TellAsync(actor, new Do(new Tell(asker!, "late")));
        Assert.Equal(("late", DeadLetterReason.NotAsked), await letters.Next());
    }

    [Fact]
    public async Task A_second_reply_is_a_dead_letter()
    {
        var letters = new Letters();
        await using var host = CreateHost(new HostSetup { DeadLetter = letters.Add });
        var actor = host.Spawn("a", new Script().Props);
        Assert.Equal("one", await host.AskAsync(actor, new Do(new Reply("one"), new Reply("two")), Long));
        Assert.Equal(("two", DeadLetterReason.NotAsked), await letters.Next());
    }

    // ---- Dead letters and back-pressure ----

    [Fact]
    public async Task What_is_told_to_nobody_is_a_dead_letter()
    {
        var letters = new Letters();
        await using var host = CreateHost(new HostSetup { DeadLetter = letters.Add });
        await host.TellAsync(new ActorRef("/nowhere"), "lost");
        Assert.Equal(("lost", DeadLetterReason.NoActor), await letters.Next());
        Assert.Equal(1, host.Statistics.DeadLetters);
    }

    [Fact]
    public async Task A_poison_pill_stops_after_what_was_told_before_it_and_the_rest_are_dead_letters()
    {
        var letters = new Letters();
        await using var host = CreateHost(new HostSetup { DeadLetter = letters.Add });
        using var gate = new ManualResetEventSlim();
        var script = new Script();
        var actor = host.Spawn("a", script.Props);
        await host.TellAsync(actor, Block(gate));
        await host.TellAsync(actor, "before");
        await host.TellAsync(actor, PoisonPill.Instance);
        await host.TellAsync(actor, "after");
        gate.Set();
        Assert.Null((await host.WatchAsync(actor)).Failure);
        Assert.Equal("before", await script.Heard());
        Assert.Equal(("after", DeadLetterReason.NoActor), await letters.Next());
        Assert.False(script.HasHeardMore);
    }

    [Fact]
    public async Task A_full_mailbox_makes_the_sender_wait()
    {
        await using var host = CreateHost(new HostSetup());
        using var gate = new ManualResetEventSlim();
        var script = new Script();
        var actor = host.Spawn("a", script.Props with { MailboxCapacity = 2 });
        await host.TellAsync(actor, Block(gate, out var blocked));
        await blocked;
        await host.TellAsync(actor, 1);
        await host.TellAsync(actor, 2);
        var third = host.TellAsync(actor, 3).AsTask();
        using var given = new CancellationTokenSource();
        var fourth = host.TellAsync(actor, 4, given.Token).AsTask();
        Assert.False(third.IsCompleted);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fourth);
        gate.Set();
        await third;
        Assert.Equal([1, 2, 3], [await script.Heard(), await script.Heard(), await script.Heard()]);
    }

    [Fact]
    public async Task Two_actors_with_full_mailboxes_that_tell_each_other_go_on_in_the_end()
    {
        var time = new ManualTime();
        var letters = new Letters();
        await using var host = CreateHost(new HostSetup { Time = time, DeadLetter = letters.Add });
        using var gate = new ManualResetEventSlim();
        var (a, b) = (host.Spawn("a", new Script().Props with { MailboxCapacity = 1 }), host.Spawn("b", new Script().Props with { MailboxCapacity = 1 }));
        await host.TellAsync(a, Flood(b, out var first));
        await host.TellAsync(b, Flood(a, out var second));
        await Task.WhenAll(first, second);
        gate.Set();
        await time.Armed(5);
        await time.Armed(5);
        Assert.Equal(0, host.Statistics.DeadLetters);
        time.Advance(5);
        Assert.Equal(DeadLetterReason.MailboxFull, (await letters.Next()).Reason);
        Assert.IsType<ImmutableList<object>>(await host.AskAsync(a, new WhatWasHeard(), TimeSpan.FromHours(1)));
        Assert.IsType<ImmutableList<object>>(await host.AskAsync(b, new WhatWasHeard(), TimeSpan.FromHours(1)));

        Do Flood(ActorRef other, out Task reached)
        {
            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            reached = signal.Task;
            return new Do(_ =>
            {
                signal.SetResult();
                gate.Wait();
                return [new Tell(other, 1), new Tell(other, 2)];
            });
        }
    }

    // ---- Supervision ----

    [Fact]
    public async Task A_failed_actor_is_restarted_afresh_after_pauses_that_double_and_stopped_beyond_its_budget()
    {
        var time = new ManualTime();
        await using var host = CreateHost(new HostSetup { Time = time, Settings = Settings(restarts: 3, min: 1, max: 3) });
        var actor = host.Spawn("a", new Script().Props);
        var end = host.WatchAsync(actor);
        foreach (var pause in new[] { 1, 2, 3 })
        {
            await host.TellAsync(actor, "something");
            await host.TellAsync(actor, new Crash());
            await time.Armed(pause);
            var heard = Heard(host, actor);
            time.Advance(pause - 0.01);
            Assert.False(heard.IsCompleted);
            time.Advance(0.01);
            Assert.Empty(await heard);
        }

        Assert.Equal(3, host.Statistics.Restarts);
        await host.TellAsync(actor, new Crash("for good"));
        Assert.Equal("for good", (await end.WaitAsync(Long)).Failure?.Message);
        Assert.Equal((0, 3), (host.Statistics.Actors, host.Statistics.Restarts));
    }

    [Fact]
    public async Task Restarts_before_the_window_do_not_count()
    {
        var time = new ManualTime();
        await using var host = CreateHost(new HostSetup { Time = time, Settings = Settings(restarts: 1, min: 1, max: 3) });
        var actor = host.Spawn("a", new Script().Props);
        for (var i = 0; i < 3; i++)
        {
            await host.TellAsync(actor, new Crash());
            await time.Armed(1);
            time.Advance(100);
            Assert.Empty(await Heard(host, actor));
        }
    }

    [Fact]
    public async Task An_actor_that_fails_as_it_begins_is_restarted()
    {
        await using var host = CreateHost(new HostSetup { Settings = Settings(restarts: 3, min: 0, max: 0) });
        var begins = 0;
        var script = new Script { Begin = _ => ++begins < 3 ? throw new InvalidOperationException("not yet") : [] };
        var actor = host.Spawn("a", script.Props);
        await host.TellAsync(actor, "kept");
        Assert.Equal("kept", await script.Heard());
        Assert.Equal(3, begins);
    }

    [Fact]
    public async Task A_resumed_actor_keeps_the_state_from_before_the_message()
    {
        await using var host = CreateHost(new HostSetup { Supervision = new SupervisorStrategy(_ => Directive.Resume) });
        var actor = host.Spawn("a", new Script().Props);
        await host.TellAsync(actor, 1);
        await host.TellAsync(actor, new Crash());
        await host.TellAsync(actor, 2);
        Assert.Equal([1, 2], await Heard(host, actor));
        Assert.Equal(0, host.Statistics.Restarts);
    }

    [Fact]
    public async Task The_decider_chooses_by_the_exception_and_its_decision_is_logged()
    {
        var lines = new ConcurrentQueue<LogEntry>();
        await using var host = CreateHost(new HostSetup
        {
            Log = lines.Enqueue,
            Supervision = new SupervisorStrategy(failure => failure.Message == "small" ? Directive.Resume : Directive.Stop),
        });
        var actor = host.Spawn("a", new Script().Props);
        await host.TellAsync(actor, new Crash("small"));
        Assert.Empty(await Heard(host, actor));
        await host.TellAsync(actor, new Crash("big"));
        var terminated = await host.WatchAsync(actor);
        Assert.Equal(new Terminated(actor, lines.Last().Failure), terminated);
        Assert.Equal(
            ["InvalidOperationException: small Decision: Resume.", "InvalidOperationException: big Decision: Stop."], lines.Select(line => line.Text));
    }

    [Fact]
    public async Task A_failure_that_is_escalated_restarts_the_parent_which_starts_its_children_anew()
    {
        await using var host = CreateHost(new HostSetup { Settings = Settings(restarts: 3, min: 0, max: 0) });
        var child = new Script { Begin = context => [new Tell(context.Parent, context.Self)] };
        var parent = new Script { Begin = _ => [new Spawn("child", child.Props)] };
        var actor = host.Spawn("parent", parent.Props with { Supervision = new SupervisorStrategy(_ => Directive.Escalate) });
        var first = Assert.IsType<ActorRef>(await parent.Heard());
        await host.TellAsync(actor.Child("child"), new Crash());
        var second = Assert.IsType<ActorRef>(await parent.Heard());
        Assert.Equal(first.Path, second.Path);
        Assert.True(second.Incarnation > first.Incarnation);
        Assert.Equal([second], await Heard(host, actor));
        Assert.Equal(1, host.Statistics.Restarts);
    }

    [Fact]
    public async Task A_failure_that_is_escalated_and_resumed_leaves_parent_and_child_as_they_were()
    {
        await using var host = CreateHost(new HostSetup { Supervision = new SupervisorStrategy(_ => Directive.Resume) });
        var child = new Script();
        var actor = host.Spawn(
            "parent",
            new Script { Begin = _ => [new Spawn("child", child.Props)] }.Props with { Supervision = new SupervisorStrategy(_ => Directive.Escalate) });
        Assert.Empty(await Heard(host, actor));
        await host.TellAsync(actor.Child("child"), 1);
        await host.TellAsync(actor.Child("child"), new Crash());
        await host.TellAsync(actor.Child("child"), 2);
        Assert.Equal([1, 2], await Heard(host, actor.Child("child")));
    }

    [Fact]
    public async Task A_failure_that_is_escalated_beyond_the_top_ends_the_host()
    {
        await using var host = CreateHost(new HostSetup { Supervision = new SupervisorStrategy(_ => Directive.Escalate) });
        var actor = host.Spawn("a", new Script().Props);
        host.Spawn("b", new Script().Props);
        await host.TellAsync(actor, new Crash("fatal"));
        Assert.Equal("fatal", (await Assert.ThrowsAsync<InvalidOperationException>(() => host.Termination.WaitAsync(Long))).Message);
        Assert.Equal(0, host.Statistics.Actors);
        Assert.Throws<InvalidOperationException>(() => host.Spawn("c", new Script().Props));
    }

    [Fact]
    public async Task A_failure_of_one_child_leaves_the_others_alone()
    {
        await using var host = CreateHost(new HostSetup { Settings = Settings(restarts: 3, min: 0, max: 0) });
        var (a, b) = (host.Spawn("a", new Script().Props), host.Spawn("b", new Script().Props));
        await host.TellAsync(a, 1);
        await host.TellAsync(b, 1);
        await host.TellAsync(a, new Crash());
        Assert.Empty(await Heard(host, a));
        Assert.Equal([1], await Heard(host, b));
    }

    [Fact]
    public async Task A_name_that_is_in_use_fails_the_actor_that_spawns_and_refuses_the_caller_outside()
    {
        await using var host = CreateHost(new HostSetup { Supervision = new SupervisorStrategy(_ => Directive.Stop) });
        var actor = host.Spawn("a", new Script().Props);
        Assert.Contains("/a is there already", Assert.Throws<InvalidOperationException>(() => host.Spawn("a", new Script().Props)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => host.Spawn("a/b", new Script().Props));
        var end = host.WatchAsync(actor);
        await host.TellAsync(actor, new Do(new Spawn("c", new Script().Props), new Spawn("c", new Script().Props)));
        Assert.Contains("/a/c is there already", (await end).Failure!.Message, StringComparison.Ordinal);
    }

    // ---- Watching ----

    [Theory]
    [InlineData("stop")]
    [InlineData("crash")]
    [InlineData("never")]
    public async Task A_watcher_hears_once_that_an_actor_is_gone(string how)
    {
        await using var host = CreateHost(new HostSetup());
        var watcher = new Script();
        var parent = host.Spawn("parent", watcher.Props with { Supervision = new SupervisorStrategy(_ => Directive.Stop) });
        var child = parent.Child("child");
        Effect[] effects = how == "never" ? [] : [new Spawn("child", new Script().Props)];
        await host.AskAsync(parent, new Do([.. effects, new Watch(child), new Reply("watched")]), Long);
        await host.TellAsync(child, how == "crash" ? new Crash("broken") : new Do(new Stop()));
        var terminated = Assert.IsType<Terminated>(await watcher.Heard());
        Assert.Equal((child, how == "crash" ? "broken" : null), (terminated.Actor, terminated.Failure?.Message));
        Assert.Equal(terminated, Assert.Single(await Heard(host, parent)));
    }

    [Fact]
    public async Task An_end_does_not_overtake_last_words_and_the_name_is_free_then()
    {
        await using var host = CreateHost(new HostSetup());
        var watcher = new Script();
        var parent = host.Spawn("parent", watcher.Props);
        for (var i = 0; i < 50; i++)
        {
            var child = new Script { Begin = context => [.. Enumerable.Range(0, 20).Select(word => new Tell(context.Parent, word)), new Stop()] };
            await host.TellAsync(parent, new Do(new Spawn("child", child.Props), new Watch(parent.Child("child"))));
            for (var word = 0; word < 20; word++)
            {
                Assert.Equal(word, await watcher.Heard());
            }

            Assert.Equal(new Terminated(parent.Child("child"), null), await watcher.Heard());
        }

        Assert.Equal(0, host.Statistics.Stale);
    }

    [Fact]
    public async Task Nobody_hears_of_an_actor_that_is_not_watched_any_more()
    {
        await using var host = CreateHost(new HostSetup());
        var watcher = new Script();
        var (actor, parent) = (host.Spawn("a", new Script().Props), host.Spawn("parent", watcher.Props));
        await host.AskAsync(parent, new Do(new Watch(actor), new Reply("watched")), Long);
        await host.AskAsync(parent, new Do(new Unwatch(actor), new Reply("unwatched")), Long);
        var end = host.WatchAsync(actor);
        await host.TellAsync(actor, PoisonPill.Instance);
        await end;
        await host.TellAsync(parent, "next");
        Assert.Equal("next", await watcher.Heard());
    }

    [Fact]
    public async Task A_restart_does_not_end_a_watch()
    {
        await using var host = CreateHost(new HostSetup { Settings = Settings(restarts: 1, min: 0, max: 0) });
        var actor = host.Spawn("a", new Script().Props);
        var end = host.WatchAsync(actor);
        await host.TellAsync(actor, new Crash());
        Assert.Empty(await Heard(host, actor));
        Assert.False(end.IsCompleted);
        await host.TellAsync(actor, PoisonPill.Instance);
        Assert.Null((await end.WaitAsync(Long)).Failure);
    }

    // ---- Incarnations ----

    [Fact]
    public async Task A_reply_to_an_incarnation_that_has_ended_is_dropped_and_counted()
    {
        var letters = new Letters();
        await using var host = CreateHost(new HostSetup { Settings = Settings(restarts: 1, min: 0, max: 0), DeadLetter = letters.Add });
        var server = host.Spawn("server", new Script().Props);
        ActorRef? asker = null;
        var client = new Script { Begin = _ => [new Tell(server, new Do(context => [.. Keep(context.Sender, out asker), new Reply("hello")]))] };
        var actor = host.Spawn("client", client.Props);
        Assert.Equal("hello", await client.Heard());
        var first = asker!;
        await host.TellAsync(actor, new Crash());
        Assert.Equal("hello", await client.Heard());
        Assert.True(asker!.Incarnation > first.Incarnation);
        await host.TellAsync(server, new Do(new Tell(first, "stale"), new Tell(asker, "fresh")));
        Assert.Equal("fresh", await client.Heard());
        Assert.Equal(("stale", DeadLetterReason.Stale), await letters.Next());
        Assert.Equal((1, 0), (host.Statistics.Stale, host.Statistics.DeadLetters));
    }

    [Fact]
    public async Task What_waits_for_an_address_survives_a_restart_and_what_waits_for_an_incarnation_does_not()
    {
        var letters = new Letters();
        await using var host = CreateHost(new HostSetup { Settings = Settings(restarts: 1, min: 0, max: 0), DeadLetter = letters.Add });
        using var gate = new ManualResetEventSlim();
        var script = new Script();
        var actor = host.Spawn("a", script.Props);
        ActorRef? first = null;
        await host.AskAsync(actor, new Do(context => [.. Keep(context.Self, out first), new Reply("kept")]), Long);
        await host.TellAsync(actor, Block(gate));
        await host.TellAsync(actor, new Crash());
        await host.TellAsync(first!, "to the incarnation");
        await host.TellAsync(actor, "to the address");
        gate.Set();
        Assert.Equal("to the address", await script.Heard());
        Assert.Equal(("to the incarnation", DeadLetterReason.Stale), await letters.Next());
    }

    [Fact]
    public async Task What_a_crashed_incarnation_told_is_dropped_once_the_next_is_there()
    {
        var letters = new Letters();
        await using var host = CreateHost(new HostSetup { Settings = Settings(restarts: 1, min: 0, max: 0), DeadLetter = letters.Add });
        using var gate = new ManualResetEventSlim();
        var script = new Script();
        var (receiver, sender) = (host.Spawn("receiver", script.Props), host.Spawn("sender", new Script().Props));
        await host.TellAsync(receiver, Block(gate));
        await host.TellAsync(sender, new Do(new Tell(receiver, "of the first")));
        await host.TellAsync(sender, new Crash());
        await host.TellAsync(sender, new Do(new Tell(receiver, "of the second")));
        Assert.Empty(await Heard(host, sender));
        gate.Set();
        Assert.Equal("of the second", await script.Heard());
        Assert.Equal(("of the first", DeadLetterReason.Stale), await letters.Next());
    }

    // ---- Timers ----

    [Fact]
    public async Task Timers_ring_in_order_and_a_replaced_or_cancelled_one_never_does()
    {
        var time = new ManualTime();
        await using var host = CreateHost(new HostSetup { Time = time });
        var script = new Script();
        var actor = host.Spawn("a", script.Props);
        await host.AskAsync(
            actor,
            new Do(
                new After("a", TimeSpan.FromSeconds(3), "third"),
                new After("b", TimeSpan.FromSeconds(1), "replaced"),
                new After("b", TimeSpan.FromSeconds(2), "second"),
                new After("c", TimeSpan.FromSeconds(1), "cancelled"),
                new After("d", TimeSpan.FromSeconds(1), "first"),
                new Cancel("c"),
                new Cancel("not there"),
                new Reply("set")),
            TimeSpan.FromHours(1));
        time.Advance(3);
        Assert.Equal(["first", "second", "third"], [await script.Heard(), await script.Heard(), await script.Heard()]);
        Assert.False(script.HasHeardMore);
    }

    [Fact]
    public async Task A_timer_that_is_cancelled_while_its_message_waits_is_not_heard()
    {
        var time = new ManualTime();
        await using var host = CreateHost(new HostSetup { Time = time });
        var script = new Script();
        var actor = host.Spawn("a", script.Props);
        await host.AskAsync(actor, new Do(new After("t", TimeSpan.FromSeconds(1), "too late"), new Reply("set")), TimeSpan.FromHours(1));
        await host.TellAsync(actor, new Do(_ =>
        {
            time.Advance(1);
            return [new Cancel("t")];
        }));
        await host.TellAsync(actor, "next");
        Assert.Equal("next", await script.Heard());
        Assert.Equal(["next"], await Heard(host, actor));
    }

    [Fact]
    public async Task Timers_end_with_the_incarnation()
    {
        var time = new ManualTime();
        await using var host = CreateHost(new HostSetup { Time = time, Settings = Settings(restarts: 1, min: 1, max: 1) });
        var script = new Script();
        var actor = host.Spawn("a", script.Props);
        await host.TellAsync(actor, new Do(new After("t", TimeSpan.FromSeconds(1.5), "of the first")));
        await host.TellAsync(actor, new Crash());
        await time.Armed(1);
        time.Advance(10);
        await host.TellAsync(actor, "of the second");
        Assert.Equal("of the second", await script.Heard());
        Assert.False(script.HasHeardMore);
    }

    [Fact]
    public async Task An_idle_actor_is_told_so_until_it_does_not_want_to_be()
    {
        var time = new ManualTime();
        await using var host = CreateHost(new HostSetup { Time = time });
        var script = new Script();
        var actor = host.Spawn("a", script.Props);
        await host.TellAsync(actor, new Do(new SetReceiveTimeout(TimeSpan.FromSeconds(7))));
        await time.Armed(7);
        await time.Armed(7);
        time.Advance(6);
        await host.TellAsync(actor, "busy");
        Assert.Equal("busy", await script.Heard());
        await time.Armed(7);
        time.Advance(6);
        Assert.False(script.HasHeardMore);
        time.Advance(1);
        Assert.Same(ReceiveTimeout.Instance, await script.Heard());
        await time.Armed(7);
        time.Advance(7);
        Assert.Same(ReceiveTimeout.Instance, await script.Heard());
        await host.AskAsync(actor, new Do(new SetReceiveTimeout(null), new Reply("off")), TimeSpan.FromHours(1));
        time.Advance(100);
        await host.TellAsync(actor, "last");
        Assert.Equal("last", await script.Heard());
    }

    // ---- Work ----

    [Fact]
    public async Task Work_runs_in_order_on_the_thread_of_its_name_and_its_results_are_messages()
    {
        await using var host = CreateHost(new HostSetup());
        var script = new Script();
        var actor = host.Spawn("a", script.Props);
        await host.TellAsync(actor, new Do([.. Enumerable.Range(0, 5).Select(i => new Run("device", _ => (i, Thread.CurrentThread.Name, Environment.CurrentManagedThreadId)))]));
        await host.TellAsync(actor, new Do(new Run("other", _ => null), new Run("other", _ => Thread.CurrentThread.Name)));
        var heard = new List<object>();
        while (heard.Count < 6)
        {
            heard.Add(await script.Heard());
        }

        var results = heard.OfType<(int Number, string? Thread, int Id)>().ToArray();
        Assert.Equal(Enumerable.Range(0, 5), results.Select(result => result.Number));
        Assert.Equal(("device", results[0].Id), Assert.Single(results.Select(result => (result.Thread, result.Id)).Distinct()));
        Assert.Contains("other", heard);
    }

    [Fact]
    public async Task An_actor_hears_messages_while_its_work_runs()
    {
        await using var host = CreateHost(new HostSetup());
        using var gate = new ManualResetEventSlim();
        var script = new Script();
        var actor = host.Spawn("a", script.Props);
        await host.TellAsync(actor, new Do(new Run("device", _ =>
        {
            gate.Wait(CancellationToken.None);
            return "result";
        })));
        await host.TellAsync(actor, "message");
        Assert.Equal("message", await script.Heard());
        gate.Set();
        Assert.Equal("result", await script.Heard());
    }

    [Fact]
    public async Task Work_that_throws_fails_the_actor_unless_it_makes_a_message_of_it()
    {
        await using var host = CreateHost(new HostSetup { Supervision = new SupervisorStrategy(_ => Directive.Stop) });
        var script = new Script();
        var actor = host.Spawn("a", script.Props);
        await host.TellAsync(actor, new Do(new Run("device", _ => throw new InvalidDataException("mapped")) { Failed = failure => failure.Message }));
        Assert.Equal("mapped", await script.Heard());
        await host.TellAsync(actor, new Do(new Run("device", _ => throw new InvalidDataException("thrown"))));
        Assert.Equal("thrown", Assert.IsType<InvalidDataException>((await host.WatchAsync(actor)).Failure).Message);
    }

    [Fact]
    public async Task Work_of_an_incarnation_that_ended_is_told_to_give_up_and_its_result_is_dropped()
    {
        var letters = new Letters();
        await using var host = CreateHost(new HostSetup { Settings = Settings(restarts: 1, min: 0, max: 0), DeadLetter = letters.Add });
        var script = new Script();
        var actor = host.Spawn("a", script.Props);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await host.TellAsync(actor, new Do(
            new Run("device", token =>
            {
                begun.SetResult();
                token.WaitHandle.WaitOne();
                return "stale";
            }),
            new Run("device", _ => "never begun")));
        await begun.Task;
        await host.TellAsync(actor, new Crash());
        Assert.Equal(("stale", DeadLetterReason.Stale), await letters.Next());
        await host.AskAsync(actor, new Do(new Run("device", _ => "fresh"), new Reply("started")), Long);
        Assert.Equal("fresh", await script.Heard());
    }

    // ---- Stopping ----

    [Fact]
    public async Task An_incarnation_that_ends_has_its_last_effects_done_by_restart_and_by_stop()
    {
        await using var host = CreateHost(new HostSetup { Settings = Settings(restarts: 1, min: 0, max: 0) });
        var listener = new Script();
        var other = host.Spawn("listener", listener.Props);
        var freed = 0;
        var script = new Script { End = [new Tell(other, "ended"), new Run("device", _ => Interlocked.Increment(ref freed))] };
        var actor = host.Spawn("a", script.Props);
        await host.TellAsync(actor, new Crash());
        Assert.Equal("ended", await listener.Heard());
        Assert.Empty(await Heard(host, actor));
        await host.TellAsync(actor, PoisonPill.Instance);
        Assert.Equal("ended", await listener.Heard());
        await host.ShutdownAsync(Long);
        Assert.Equal(2, freed);
    }

    [Fact]
    public async Task A_stop_goes_before_the_messages_that_wait_and_children_stop_before_their_parents()
    {
        await using var host = CreateHost(new HostSetup());
        var order = new ConcurrentQueue<string>();
        var leaf = Stops("leaf", order);
        var middle = Stops("middle", order, new Spawn("leaf", leaf.Props));
        var top = Stops("top", order, new Spawn("middle", middle.Props));
        var actor = host.Spawn("top", top.Props);
        using var gate = new ManualResetEventSlim();
        await host.AskAsync(actor, new Do(new Reply("there")), Long);
        await host.TellAsync(actor.Child("middle"), Block(gate, out var blocked));
        await blocked;
        for (var i = 0; i < 10; i++)
        {
            await host.TellAsync(actor.Child("middle"), "not heard any more");
        }

        // Once the parent has answered, its stop is there before the gate opens.
        await host.AskAsync(actor, new Do(new Stop(actor.Child("middle")), new Reply("asked")), Long);
        gate.Set();
        await host.ShutdownAsync(Long);
        Assert.Equal(["leaf", "middle", "top"], order);
        Assert.False(middle.HasHeardMore);
        Assert.Equal((0, 10), (host.Statistics.Actors, host.Statistics.DeadLetters));
        Assert.True(host.Termination.IsCompletedSuccessfully);
        await host.ShutdownAsync(Long);
    }

    [Fact]
    public async Task A_child_is_stopped_by_its_parent_and_by_nobody_else()
    {
        await using var host = CreateHost(new HostSetup { Supervision = new SupervisorStrategy(_ => Directive.Stop) });
        var watcher = new Script();
        var (parent, other) = (host.Spawn("parent", watcher.Props), host.Spawn("other", new Script().Props));
        var child = parent.Child("child");
        await host.TellAsync(parent, new Do(new Spawn("child", new Script().Props), new Watch(child), new Stop(child)));
        Assert.Equal(new Terminated(child, null), await watcher.Heard());
        var end = host.WatchAsync(parent);
        await host.TellAsync(parent, new Do(new Stop(other)));
        Assert.Contains("/other, which is not its child", (await end).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shutdown_that_takes_too_long_names_what_is_left()
    {
        var time = new ManualTime();
        var host = CreateHost(new HostSetup { Time = time });
        using var gate = new ManualResetEventSlim();
        var actor = host.Spawn("stuck", new Script().Props);
        await host.TellAsync(actor, Block(gate, out var blocked));
        await blocked;
        var shutdown = host.ShutdownAsync(TimeSpan.FromSeconds(9));
        await time.Armed(9);
        time.Advance(9);
        Assert.Contains("/stuck", (await Assert.ThrowsAsync<TimeoutException>(() => shutdown)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TimeoutException>(() => host.Termination);
        gate.Set();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_shutdown_waits_for_the_work_on_the_threads()
    {
        var time = new ManualTime();
        var host = CreateHost(new HostSetup { Time = time });
        using var gate = new ManualResetEventSlim();
        var actor = host.Spawn("a", new Script().Props);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await host.TellAsync(actor, new Do(new Run("device", _ =>
        {
            begun.SetResult();
            gate.Wait(CancellationToken.None);
            return null;
        })));
        await begun.Task;
        var shutdown = host.ShutdownAsync(TimeSpan.FromSeconds(9));
        await host.Termination;
        await time.Armed(9);
        time.Advance(9);
        Assert.Contains("thread device", (await Assert.ThrowsAsync<TimeoutException>(() => shutdown)).Message, StringComparison.Ordinal);
        gate.Set();
        await host.ShutdownAsync(TimeSpan.FromSeconds(9));
    }

    // ---- Helpers ----

    private static ActorSettings Settings(int restarts, double min, double max) => new()
    {
        Supervision = new SupervisionSettings
        {
            MaxRestarts = restarts,
            WithinSeconds = 60,
            MinBackoffSeconds = min,
            MaxBackoffSeconds = max,
            Jitter = 0,
        },
    };

    private static async Task<ImmutableList<object>> Heard(IActorHost host, ActorRef actor) =>
        (ImmutableList<object>)await host.AskAsync(actor, new WhatWasHeard(), TimeSpan.FromHours(1)).WaitAsync(Long);

    private static Effect[] Keep(ActorRef actor, out ActorRef kept)
    {
        kept = actor;
        return [];
    }

    private static Script Stops(string name, ConcurrentQueue<string> order, params Effect[] begin) => new()
    {
        Begin = _ => begin,
        End = [new Run("order", _ =>
        {
            order.Enqueue(name);
            return null;
        })],
    };

    private static Do Block(ManualResetEventSlim gate) => Block(gate, out _);

    /// <summary>Holds an actor up inside its behaviour, which no real one may do.</summary>
    private static Do Block(ManualResetEventSlim gate, out Task blocked)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        blocked = signal.Task;
        return new Do(_ =>
        {
            signal.TrySetResult();
            gate.Wait();
            return [];
        });
    }

    private sealed class Letters
    {
        private readonly Channel<DeadLetter> _letters = Channel.CreateUnbounded<DeadLetter>();

        public void Add(DeadLetter letter) => _letters.Writer.TryWrite(letter);

        public async Task<(object Message, DeadLetterReason Reason)> Next()
        {
            var letter = await _letters.Reader.ReadAsync().AsTask().WaitAsync(Long);
            return (letter.Message, letter.Reason);
        }
    }
}

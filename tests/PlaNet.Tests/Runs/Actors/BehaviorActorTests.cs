using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit;
using PlaNet.Runs;
using PlaNet.Runs.Actors;

namespace PlaNet.Tests.Runs.Actors;

/// <summary>What holds for every behaviour on Akka: supervision, incarnations, timers, work and ends.</summary>
public sealed class BehaviorActorTests : TestKit
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly ManualTime _time = new();
    private readonly ConcurrentQueue<LogLine> _log = new();

    public BehaviorActorTests()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF, test.single-expect-default = 60s }")
    {
    }

    // ---- Supervision ----

    [Fact]
    public async Task A_failed_role_is_restarted_afresh_after_pauses_that_double_and_stopped_beyond_its_budget()
    {
        var services = Services(restarts: 3, min: 1, max: 3);
        var parent = new Script();
        var role = await Start(services, new Script(), parent);
        foreach (var pause in new[] { 1, 2, 3 })
        {
            role.Tell("something");
            role.Tell(new Crash());
            await _time.Armed(pause);
            var heard = Heard(role);
            _time.Advance(pause - 0.01);
            Assert.False(heard.IsCompleted);
            _time.Advance(0.01);
            Assert.Empty(await heard);
        }

        Assert.Equal(3, services.Counts.Restarts);
        role.Tell(new Crash("for good"));
        var stopped = Assert.IsType<ChildStopped>(await parent.Heard());
        Assert.Equal(role, stopped.Child);
        Assert.Equal("/role failed 4 times in 60 s; last error: for good", Assert.IsType<RoleFailedException>(stopped.Cause).Message);
        Assert.Equal(3, services.Counts.Restarts);
    }

    [Fact]
    public async Task Restarts_before_the_window_do_not_count()
    {
        var role = await Start(Services(restarts: 1, min: 1, max: 3), new Script());
        for (var i = 0; i < 3; i++)
        {
            role.Tell(new Crash());
            await _time.Armed(1);
            _time.Advance(100);
            Assert.Empty(await Heard(role));
        }
    }

    [Fact]
    public async Task A_role_that_fails_as_it_begins_is_restarted_and_what_was_told_it_is_kept()
    {
        var begins = 0;
        var script = new Script { Begin = _ => ++begins < 3 ? throw new InvalidOperationException("not yet") : [] };
        var role = await Start(Services(restarts: 3), script);
        role.Tell("kept");
        for (var pause = 0; pause < 2; pause++)
        {
            await _time.Armed(0);
            _time.Advance(0);
        }

        Assert.Equal("kept", await script.Heard());
    }

    [Fact]
    public async Task The_decision_is_by_the_exception_and_is_logged()
    {
        var parent = new Script();
        var role = await Start(Services(), new Script(), parent, failure => failure.Message == "small" ? Directive.Resume : Directive.Stop);
        role.Tell(1);
        role.Tell(new Crash("small"));
        role.Tell(2);
        Assert.Equal([1, 2], await Heard(role));
        role.Tell(new Crash("big"));
        Assert.Equal("big", Assert.IsType<ChildStopped>(await parent.Heard()).Cause?.Message);
        Assert.Equal(
            [("/role#1", "InvalidOperationException: small Decision: Resume."), ("/role#1", "InvalidOperationException: big Decision: Stop.")],
            _log.Select(line => (line.Source, line.Text)));
    }

    [Fact]
    public async Task A_failure_that_is_escalated_restarts_the_parent_which_starts_its_children_again()
    {
        var child = new Script { Begin = context => [new Tell(context.Parent, context.Self)] };
        var middle = new Script { Begin = _ => [new Spawn("child", child.Behavior)] };
        var role = await Start(Services(restarts: 1), middle.Behavior with { Decide = _ => Directive.Escalate }, new Script(), null);
        var first = await middle.Heard();
        ((IActorRef)first).Tell(new Crash());
        await _time.Armed(0);
        _time.Advance(0);
        var second = await middle.Heard();
        Assert.NotEqual(first, second);
        Assert.Equal([second], await Heard(role));
    }

    [Fact]
    public async Task A_failure_of_one_child_leaves_the_others_alone()
    {
        var parent = new Script { Begin = _ => [new Spawn("a", new Script().Behavior), new Spawn("b", new Script().Behavior)] };
        var root = Sys.ActorOf(Services(restarts: 1).Props(new Role(parent.Behavior)), "root");
        var (a, b) = (await Resolve(root, "a"), await Resolve(root, "b"));
        a.Tell(1);
        b.Tell(1);
        a.Tell(new Crash());
        await _time.Armed(0);
        _time.Advance(0);
        Assert.Empty(await Heard(a));
        Assert.Equal([1], await Heard(b));
    }

    // ---- Incarnations ----

    [Fact]
    public async Task What_is_told_during_a_pause_is_heard_by_the_next_incarnation_in_its_order()
    {
        var script = new Script();
        var role = await Start(Services(restarts: 1, min: 1, max: 1), script);
        role.Tell(new Crash());
        for (var i = 0; i < 100; i++)
        {
            role.Tell(i);
        }

        await _time.Armed(1);
        role.Tell(100);
        Assert.False(script.HasHeardMore);
        _time.Advance(1);
        for (var i = 0; i <= 100; i++)
        {
            Assert.Equal(i, await script.Heard());
        }
    }

    [Fact]
    public async Task What_children_of_an_earlier_incarnation_told_is_dropped_and_counted()
    {
        var services = Services(restarts: 1, min: 1, max: 1);
        var child = new Script();
        var script = new Script { Begin = _ => [new Spawn("child", child.Behavior)] };
        var role = await Start(services, script);
        var first = await Resolve(role, "child");
        using var gate = new ManualResetEventSlim();
        role.Tell(Block(gate, out var blocked));
        await blocked;
        role.Tell(new Crash());
        await first.Ask<string>(new Do(context => [new Tell(role, "of the first"), new Tell(context.Sender, "told")]), Long);
        gate.Set();
        await _time.Armed(1);
        _time.Advance(1);
        (await Resolve(role, "child")).Tell(new Do(new Tell(role, "of the second")));
        Assert.Equal("of the second", await script.Heard());
        Assert.Equal(1, services.Counts.Stale);
    }

    [Fact]
    public async Task The_end_of_a_child_does_not_overtake_its_last_words()
    {
        var parent = new Script();
        var root = Sys.ActorOf(Services().Props(new Role(parent.Behavior)), "root");
        for (var i = 0; i < 50; i++)
        {
            var name = $"child-{i}";
            var child = new Script { Begin = context => [.. Enumerable.Range(0, 20).Select(word => new Tell(context.Parent, word)), new Tell(context.Self, PoisonPill.Instance)] };
            root.Tell(new Do(new Spawn(name, child.Behavior)));
            for (var word = 0; word < 20; word++)
            {
                Assert.Equal(word, await parent.Heard());
            }

            var stopped = Assert.IsType<ChildStopped>(await parent.Heard());
            Assert.Equal((name, null), (stopped.Child.Path.Name, stopped.Cause));
        }
    }

    // ---- Timers ----

    [Fact]
    public async Task Timers_ring_in_order_and_a_replaced_or_cancelled_one_never_does()
    {
        var script = new Script();
        var role = await Start(Services(), script);
        await Done(
            role,
            new After("a", TimeSpan.FromSeconds(3), "third"),
            new After("b", TimeSpan.FromSeconds(1), "replaced"),
            new After("b", TimeSpan.FromSeconds(2), "second"),
            new After("c", TimeSpan.FromSeconds(1), "cancelled"),
            new After("d", TimeSpan.FromSeconds(1), "first"),
            new Cancel("c"),
            new Cancel("not there"));
        _time.Advance(3);
        Assert.Equal(["first", "second", "third"], [await script.Heard(), await script.Heard(), await script.Heard()]);
        Assert.False(script.HasHeardMore);
    }

    [Fact]
    public async Task A_timer_that_is_cancelled_while_its_message_waits_is_not_heard()
    {
        var script = new Script();
        var role = await Start(Services(), script);
        await Done(role, new After("t", TimeSpan.FromSeconds(1), "too late"));
        role.Tell(new Do(_ =>
        {
            _time.Advance(1);
            return [new Cancel("t")];
        }));
        role.Tell("next");
        Assert.Equal("next", await script.Heard());
        Assert.Equal(["next"], await Heard(role));
    }

    [Fact]
    public async Task Timers_end_with_the_incarnation()
    {
        var script = new Script();
        var role = await Start(Services(restarts: 1, min: 1, max: 1), script);
        role.Tell(new Do(new After("t", TimeSpan.FromSeconds(1.5), "of the first")));
        role.Tell(new Crash());
        await _time.Armed(1);
        _time.Advance(10);
        role.Tell("of the second");
        Assert.Equal("of the second", await script.Heard());
        Assert.False(script.HasHeardMore);
    }

    // ---- Work ----

    [Fact]
    public async Task Work_runs_in_order_on_the_thread_of_its_name_and_its_results_go_straight_to_whom_they_concern()
    {
        var role = await Start(Services(), new Script());
        role.Tell(new Do(
        [
            .. Enumerable.Range(0, 5).Select(i => new Run("device", _ => (i, Thread.CurrentThread.Name, Environment.CurrentManagedThreadId)) { To = TestActor }),
            new Run("device", _ => null) { To = TestActor },
            new Run("device", _ => "last") { To = TestActor },
        ]));
        var results = Enumerable.Range(0, 5).Select(_ => ExpectMsg<(int Number, string? Thread, int Id)>()).ToArray();
        Assert.Equal(role, LastSender);
        Assert.Equal(Enumerable.Range(0, 5), results.Select(result => result.Number));
        Assert.Equal(("device", results[0].Id), Assert.Single(results.Select(result => (result.Thread, result.Id)).Distinct()));
        ExpectMsg("last");
    }

    [Fact]
    public async Task A_role_hears_messages_while_its_work_runs()
    {
        using var gate = new ManualResetEventSlim();
        var script = new Script();
        var role = await Start(Services(), script);
        role.Tell(new Do(new Run("device", _ =>
        {
            gate.Wait(CancellationToken.None);
            return "result";
        })));
        role.Tell("message");
        Assert.Equal("message", await script.Heard());
        gate.Set();
        Assert.Equal("result", await script.Heard());
    }

    [Fact]
    public async Task Work_that_throws_fails_the_role_unless_it_makes_a_message_of_it()
    {
        var (script, parent) = (new Script(), new Script());
        var role = await Start(Services(), script, parent, _ => Directive.Stop);
        role.Tell(new Do(new Run("device", _ => throw new InvalidDataException("mapped")) { To = TestActor, Failed = failure => failure.Message }));
        Assert.Equal("mapped", await script.Heard());
        role.Tell(new Do(new Run("device", _ => throw new InvalidDataException("thrown")) { To = TestActor }));
        Assert.Equal("thrown", Assert.IsType<InvalidDataException>(Assert.IsType<ChildStopped>(await parent.Heard()).Cause).Message);
    }

    [Fact]
    public async Task Work_of_an_incarnation_that_ended_is_told_to_give_up_and_its_results_are_dropped()
    {
        var services = Services(restarts: 1);
        var script = new Script();
        var role = await Start(services, script);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        role.Tell(new Do(
            new Run("device", token =>
            {
                begun.SetResult();
                token.WaitHandle.WaitOne();
                return "stale";
            }),
            new Run("device", _ => "never begun")));
        await begun.Task;
        role.Tell(new Crash());
        await _time.Armed(0);
        _time.Advance(0);
        await Done(role, new Run("device", _ => "fresh"));
        Assert.Equal("fresh", await script.Heard());
        Assert.Equal(1, services.Counts.Stale);
        Assert.Equal(["fresh"], await Heard(role));
    }

    // ---- Ends ----

    [Fact]
    public async Task An_incarnation_that_ends_has_its_last_effects_done_by_restart_and_by_stop()
    {
        var freed = new ConcurrentQueue<string?>();
        var script = new Script
        {
            End =
            [
                new Tell(TestActor, "ended"),
                new Run("device", _ =>
                {
                    freed.Enqueue(Thread.CurrentThread.Name);
                    throw new InvalidOperationException("not freed");
                }),
            ],
        };
        var services = Services(restarts: 1);
        var role = await Start(services, script);
        role.Tell(new Crash());
        ExpectMsg("ended");
        await _time.Armed(0);
        _time.Advance(0);
        Assert.Empty(await Heard(role));
        role.Tell(PoisonPill.Instance);
        ExpectMsg("ended");
        await services.Threads.CloseAsync();
        Assert.Equal(["device", "device"], freed);
        Assert.Equal(2, _log.Count(line => line.Text == "While it ended: InvalidOperationException: not freed"));
    }

    [Fact]
    public async Task Children_stop_before_their_parents_and_a_stop_goes_before_messages_that_wait()
    {
        var middle = new Script { Begin = _ => [new Spawn("leaf", new Script { End = [new Tell(TestActor, "leaf")] }.Behavior)], End = [new Tell(TestActor, "middle")] };
        var top = new Script { Begin = _ => [new Spawn("middle", middle.Behavior)], End = [new Tell(TestActor, "top")] };
        var role = await Start(Services(), top);
        using var gate = new ManualResetEventSlim();
        var child = await Resolve(role, "middle");
        await Resolve(child, "leaf");
        child.Tell(Block(gate, out var blocked));
        await blocked;
        child.Tell("not heard any more");
        await Done(role, new StopChild("middle"), new StopChild("not there"));
        gate.Set();
        ExpectMsg("leaf");
        ExpectMsg("middle");
        Assert.Equal(child, Assert.IsType<ChildStopped>(await top.Heard()).Child);
        Assert.False(middle.HasHeardMore);
        Sys.Stop(role);
        ExpectMsg("top");
    }

    [Fact]
    public void A_behaviour_is_tested_without_actors()
    {
        var behavior = Behavior.Of(
            _ => Next.With(ImmutableList<string>.Empty, new Cancel("t")),
            (heard, message, context) => Next.With(heard.Add((string)message), new Tell(context.Sender, heard.Count), new TellChild("log", message)),
            heard => [new Log(Akka.Event.LogLevel.InfoLevel, $"{heard.Count}")]);
        var role = new Incarnation<ImmutableList<string>>(behavior);
        var context = new RoleContext(TestActor, TestActor, ActorRefs.Nobody);
        Assert.Throws<InvalidOperationException>(() => role.State);
        Assert.Empty(role.End());
        Assert.Equal([new Cancel("t")], role.Begin(context));
        Assert.Equal([new Tell(TestActor, 0), new TellChild("log", "x")], role.Receive("x", context));
        Assert.Throws<InvalidCastException>(() => role.Receive(1, context));
        Assert.Equal(["x"], role.State);
        Assert.Equal([new Log(Akka.Event.LogLevel.InfoLevel, "1")], role.End());
    }

    // ---- Helpers ----

    private RoleServices Services(int restarts = 0, double min = 0, double max = 0) => new(
        new RestartPolicy(restarts, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(min), TimeSpan.FromSeconds(max), Jitter: 0), _time, _log.Enqueue);

    private Task<IActorRef> Start(RoleServices services, Script script, Script? parent = null, Func<Exception, Directive>? decide = null) =>
        Start(services, script.Behavior, parent ?? new Script(), decide);

    private async Task<IActorRef> Start(RoleServices services, Behavior behavior, Script parent, Func<Exception, Directive>? decide)
    {
        var supervisor = parent.Behavior with { Decide = decide ?? (_ => Directive.Restart) };
        var root = Sys.ActorOf(services.Props(new Role(supervisor)), "root");
        root.Tell(new Do(new Spawn("role", behavior)));
        return await Resolve(root, "role");
    }

    private async Task<IActorRef> Resolve(IActorRef parent, string name)
    {
        await Done(parent);
        return await Sys.ActorSelection(parent.Path / name).ResolveOne(Long);
    }

    private static async Task Done(IActorRef role, params Effect[] effects) =>
        Assert.Equal("done", await role.Ask<string>(new Do(context => [.. effects, new Tell(context.Sender, "done")]), Long));

    private static Task<ImmutableList<object>> Heard(IActorRef role) => role.Ask<ImmutableList<object>>(new WhatWasHeard(), Long);

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
}

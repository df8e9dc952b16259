using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit.Xunit;
using PlaNet.Runs;
using PlaNet.Runs.Actors;

namespace PlaNet.Tests.Runs.Actors;

/// <summary>Guarantees of every behaviour on Akka: supervision, incarnations, timers, work and ends.</summary>
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
    public async Task A_failed_role_restarts_with_a_new_state_after_doubling_pauses_and_stops_beyond_its_budget()
    {
        var services = Services(restarts: 3, min: 1, max: 3);
        var parent = new Script();
        var role = await Start(services, new Script(), parent);
        foreach (var pause in new[] { 1, 2, 3 })
        {
            role.Tell("something");
            role.Tell(new Crash());
            await _time.Armed(pause);
            var received = Received(role);
            _time.Advance(pause - 0.01);
            Assert.False(received.IsCompleted);
            _time.Advance(0.01);
            Assert.Empty(await received);
        }

        Assert.Equal(3, services.Counts.Restarts);
        role.Tell(new Crash("for good"));
        var stopped = Assert.IsType<ChildStopped>(await parent.NextMessage());
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
            Assert.Empty(await Received(role));
        }
    }

    [Fact]
    public async Task A_role_that_fails_at_its_start_is_restarted_and_keeps_its_queued_messages()
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

        Assert.Equal("kept", await script.NextMessage());
    }

    [Fact]
    public async Task The_supervision_directive_depends_on_the_exception_and_is_logged()
    {
        var parent = new Script();
        var role = await Start(Services(), new Script(), parent, failure => failure.Message == "small" ? Directive.Resume : Directive.Stop);
        role.Tell(1);
        role.Tell(new Crash("small"));
        role.Tell(2);
        Assert.Equal([1, 2], await Received(role));
        role.Tell(new Crash("big"));
        Assert.Equal("big", Assert.IsType<ChildStopped>(await parent.NextMessage()).Cause?.Message);
        Assert.Equal(
            [
                ("/role#1", "InvalidOperationException: small Decision: Resume."),
                ("/role#1", "InvalidOperationException: big Decision: Stop.")
            ],
            _log.Select(line => (line.Source, line.Text)));
    }

    [Fact]
    public async Task A_failure_that_is_escalated_restarts_the_parent_which_starts_its_children_again()
    {
        var child = new Script { Begin = context => [new Tell(context.Parent, context.Self)] };
        var middle = new Script { Begin = _ => [new Spawn("child", child.Behavior)] };
        var role = await Start(Services(restarts: 1), middle.Behavior with { Decide = _ => Directive.Escalate }, new Script(), null);
        var first = await middle.NextMessage();
        ((IActorRef)first).Tell(new Crash());
        await _time.Armed(0);
        _time.Advance(0);
        var second = await middle.NextMessage();
        Assert.NotEqual(first, second);
        Assert.Equal([second], await Received(role));
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
        Assert.Empty(await Received(a));
        Assert.Equal([1], await Received(b));
    }

    // ---- Incarnations ----

    [Fact]
    public async Task Messages_sent_during_a_pause_are_received_by_the_next_incarnation_in_order()
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
        Assert.False(script.HasMoreMessages);
        _time.Advance(1);
        for (var i = 0; i <= 100; i++)
        {
            Assert.Equal(i, await script.NextMessage());
        }
    }

    [Fact]
    public async Task Messages_from_children_of_an_earlier_incarnation_are_dropped_and_counted()
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
        Assert.Equal("of the second", await script.NextMessage());
        Assert.Equal(1, services.Counts.Stale);
    }

    [Fact]
    public async Task ChildStopped_is_received_after_the_last_messages_of_the_child()
    {
        var parent = new Script();
        var root = Sys.ActorOf(Services().Props(new Role(parent.Behavior)), "root");
        for (var i = 0; i < 50; i++)
        {
            var name = $"child-{i}";
            var child = new Script
            {
                Begin = context =>
                    [.. Enumerable.Range(0, 20).Select(word => new Tell(context.Parent, word)), new Tell(context.Self, PoisonPill.Instance)]
            };
            root.Tell(new Do(new Spawn(name, child.Behavior)));
            for (var word = 0; word < 20; word++)
            {
                Assert.Equal(word, await parent.NextMessage());
            }

            var stopped = Assert.IsType<ChildStopped>(await parent.NextMessage());
            Assert.Equal((name, null), (stopped.Child.Path.Name, stopped.Cause));
        }
    }

    // ---- Timers ----

    [Fact]
    public async Task Timers_fire_in_order_and_a_replaced_or_cancelled_one_never_does()
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
        Assert.Equal(["first", "second", "third"], [await script.NextMessage(), await script.NextMessage(), await script.NextMessage()]);
        Assert.False(script.HasMoreMessages);
    }

    [Fact]
    public async Task A_timer_that_is_cancelled_while_its_message_is_queued_is_not_received()
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
        Assert.Equal("next", await script.NextMessage());
        Assert.Equal(["next"], await Received(role));
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
        Assert.Equal("of the second", await script.NextMessage());
        Assert.False(script.HasMoreMessages);
    }

    // ---- Work ----

    [Fact]
    public async Task Work_runs_in_order_on_the_named_thread_and_its_results_go_straight_to_the_addressed_actor()
    {
        var role = await Start(Services(), new Script());
        role.Tell(new Do(
        [
            .. Enumerable.Range(0, 5).Select(
                i => new Run("device", _ => (i, Thread.CurrentThread.Name, Environment.CurrentManagedThreadId)) { To = TestActor }),
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
    public async Task A_role_receives_messages_while_its_work_runs()
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
        Assert.Equal("message", await script.NextMessage());
        gate.Set();
        Assert.Equal("result", await script.NextMessage());
    }

    [Fact]
    public async Task Work_that_throws_fails_the_role_unless_it_maps_the_exception_to_a_message()
    {
        var (script, parent) = (new Script(), new Script());
        var role = await Start(Services(), script, parent, _ => Directive.Stop);
        role.Tell(new Do(
            new Run("device", _ => throw new InvalidDataException("mapped")) { To = TestActor, Failed = failure => failure.Message }));
        Assert.Equal("mapped", await script.NextMessage());
        role.Tell(new Do(new Run("device", _ => throw new InvalidDataException("thrown")) { To = TestActor }));
        Assert.Equal("thrown", Assert.IsType<InvalidDataException>(Assert.IsType<ChildStopped>(await parent.NextMessage()).Cause).Message);
    }

    [Fact]
    public async Task Work_of_an_ended_incarnation_is_cancelled_and_its_results_are_dropped()
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
        Assert.Equal("fresh", await script.NextMessage());
        Assert.Equal(1, services.Counts.Stale);
        Assert.Equal(["fresh"], await Received(role));
    }

    // ---- Ends ----

    [Fact]
    public async Task The_final_effects_of_an_incarnation_run_on_restart_and_on_stop()
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
        Assert.Empty(await Received(role));
        role.Tell(PoisonPill.Instance);
        ExpectMsg("ended");
        await services.Threads.CloseAsync();
        Assert.Equal(["device", "device"], freed);
        Assert.Equal(2, _log.Count(line => line.Text == "The final work failed: InvalidOperationException: not freed"));
    }

    [Fact]
    public async Task Children_stop_before_their_parents_and_a_stop_precedes_queued_messages()
    {
        var middle = new Script
        {
            Begin = _ => [new Spawn("leaf", new Script { End = [new Tell(TestActor, "leaf")] }.Behavior)],
            End = [new Tell(TestActor, "middle")]
        };
        var top = new Script { Begin = _ => [new Spawn("middle", middle.Behavior)], End = [new Tell(TestActor, "top")] };
        var role = await Start(Services(), top);
        using var gate = new ManualResetEventSlim();
        var child = await Resolve(role, "middle");
        await Resolve(child, "leaf");
        child.Tell(Block(gate, out var blocked));
        await blocked;
        child.Tell("not received");
        await Done(role, new StopChild("middle"), new StopChild("not there"));
        gate.Set();
        ExpectMsg("leaf");
        ExpectMsg("middle");
        Assert.Equal(child, Assert.IsType<ChildStopped>(await top.NextMessage()).Child);
        Assert.False(middle.HasMoreMessages);
        Sys.Stop(role);
        ExpectMsg("top");
    }

    [Fact]
    public void A_behaviour_can_be_tested_without_actors()
    {
        var behavior = Behavior.Of(
            _ => Next.With(ImmutableList<string>.Empty, new Cancel("t")),
            (received, message, context) =>
                Next.With(received.Add((string)message), new Tell(context.Sender, received.Count), new TellChild("log", message)),
            received => [new Log(Akka.Event.LogLevel.InfoLevel, $"{received.Count}")]);
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
        new RestartPolicy(restarts, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(min), TimeSpan.FromSeconds(max), Jitter: 0),
        _time,
        _log.Enqueue);

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

    private static Task<ImmutableList<object>> Received(IActorRef role) => role.Ask<ImmutableList<object>>(new GetReceived(), Long);

    /// <summary>Blocks an actor inside its behaviour, which no real behaviour may do.</summary>
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

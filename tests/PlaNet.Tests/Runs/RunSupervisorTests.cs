using Akka.Actor;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Tests.Runs;

/// <summary>The run supervisor without an actor system: messages in, effects out.</summary>
public sealed class RunSupervisorTests
{
    private static readonly RunState s_start = RunState.Start(3, "hash");
    private static readonly RunState s_learning = s_start with { Progress = new RunProgress { SeedEpisodes = 2, TestEpisodes = 1 } };

    [Fact]
    public void Every_role_is_started()
    {
        var supervisor = new RoleHarness(RunSupervisor.Create(RoleHarness.Parts, _ => { }));
        var children = supervisor.Started.OfType<Spawn>().Select(spawn => spawn.Name);
        Assert.Equal(["metrics", "learner", "replay", "collector", "evaluator"], children);
    }

    [Fact]
    public void In_lockstep_no_order_is_sent_before_the_event_is_written()
    {
        var (supervisor, effects) = Restored(s_start);
        var write = RoleHarness.Sent<WriteEvent>(effects);
        Assert.IsType<RunStarted>(write.Event);
        Assert.Single(effects);
        Assert.Equal(RunStep.CollectSeedEpisode, RoleHarness.Sent<FindEpisodes>(supervisor.Tell(new EventWritten(write.Number))).Step);
    }

    [Fact]
    public void An_answer_to_an_older_order_is_ignored()
    {
        var (supervisor, find) = Collecting();
        Assert.Empty(supervisor.Tell(new EpisodesFound(find.Order - 1, find.Seeds)));
        Assert.Empty(supervisor.Tell(new EpisodesCollected(find.Order - 1, [], 0)));
        Assert.Empty(supervisor.Tell(new EpisodesStored(find.Order - 1, [])));
        Assert.Empty(supervisor.Tell(new ModelUpdated(find.Order, null!, 0)));
        Assert.Empty(supervisor.Tell(new CheckpointDone(find.Order, s_start, "", 0)));
        Assert.Equal(find.Order, RoleHarness.Sent<CollectEpisodes>(supervisor.Tell(new EpisodesFound(find.Order, find.Seeds))).Order);
    }

    [Fact]
    public void A_new_collector_is_given_the_order_again_and_replies_to_the_old_one_are_ignored()
    {
        var (supervisor, find) = Collecting();
        supervisor.Tell(new EpisodesFound(find.Order, find.Seeds));
        var write = EventIn<RunIncident>(supervisor.Tell(new CollectorReady()));
        Assert.Contains("1 unfinished episodes were dropped", write.Message, StringComparison.Ordinal);
        Assert.Empty(supervisor.Tell(new EpisodesCollected(find.Order, [], 0)));
        var again = RoleHarness.Sent<FindEpisodes>(supervisor.Tell(new EventWritten(2)));
        Assert.Equal(find.Seeds, again.Seeds);
        Assert.True(again.Order > find.Order);
    }

    [Fact]
    public void A_collector_that_is_replaced_after_it_has_played_drops_nothing()
    {
        var (supervisor, find) = Collecting();
        supervisor.Tell(new EpisodesFound(find.Order, find.Seeds));
        RoleHarness.Sent<StoreEpisodes>(supervisor.Tell(new EpisodesCollected(find.Order, [], 0)));
        Assert.Empty(supervisor.Tell(new CollectorReady()));
        var stored = supervisor.Tell(new EpisodesStored(find.Order, [new StoredEpisode(new EpisodeReference("name", "hash"), 1)]));
        EventIn<EpisodeCollected>(stored);
    }

    [Fact]
    public void Short_episodes_are_counted_in_every_event_and_warned_of_once()
    {
        var (supervisor, find) = Collecting();
        supervisor.Tell(new EpisodesFound(find.Order, find.Seeds));
        RoleHarness.Sent<StoreEpisodes>(supervisor.Tell(new EpisodesCollected(find.Order, [], 0)));
        var reference = new EpisodeReference("name", "hash");
        var events = RoleHarness.Messages(supervisor.Tell(new EpisodesStored(
                find.Order, [new StoredEpisode(reference, 1) { TooShort = 1 }, new StoredEpisode(reference, 1) { TooShort = 2 }])))
            .OfType<WriteEvent>().Select(write => write.Event).ToArray();
        Assert.Equal([1, 2], events.OfType<EpisodeCollected>().Select(collected => collected.TooShort));
        Assert.Contains(
            "1 recorded episode has fewer rows than replay.chunk_length, which is 4.",
            Assert.Single(events.OfType<RunWarning>()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Dropped_episodes_are_counted_once()
    {
        var (supervisor, find) = Collecting();
        supervisor.Tell(new EpisodesFound(find.Order, find.Seeds));
        Assert.Empty(supervisor.Tell(new EpisodesDropped(find.Order - 1, 1, "planner")));
        var incident = EventIn<RunIncident>(supervisor.Tell(new EpisodesDropped(find.Order, 1, "planner")));
        Assert.Equal("planner", incident.Source);
        Assert.Contains("1 unfinished episodes were dropped", incident.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_replay_restores_the_episodes_and_every_order_is_repeated()
    {
        var (supervisor, find) = Collecting();
        var effects = supervisor.Tell(new ReplayReady([]));
        RoleHarness.Sent<AbandonEpisodes>(effects);
        var order = RoleHarness.Sent<RestoreEpisodes>(effects).Order;
        Assert.True(order > find.Order);
        Assert.Empty(supervisor.Tell(new EpisodesFound(find.Order, find.Seeds)));
        Assert.Equal("replay", EventIn<RunIncident>(supervisor.Tell(new EpisodesRestored(order))).Source);
        Assert.Equal(find.Seeds, RoleHarness.Sent<FindEpisodes>(supervisor.Tell(new EventWritten(2))).Seeds);
    }

    [Fact]
    public void A_new_learner_resets_the_run_to_its_checkpoint()
    {
        var (supervisor, _) = Collecting();
        var effects = supervisor.Tell(new LearnerReady(s_learning, "checkpoints/000000003", []));
        RoleHarness.Sent<AbandonEpisodes>(effects);
        var order = RoleHarness.Sent<RestoreEpisodes>(effects);
        Assert.Same(s_learning, order.State);
        var events = supervisor.Tell(new EpisodesRestored(order.Order))
            .OfType<TellChild>().Select(tell => ((WriteEvent)tell.Message).Event).ToArray();
        Assert.Equal("checkpoints/000000003", Assert.IsType<RunStarted>(events[0]).Checkpoint);
        Assert.Equal("learner", Assert.IsType<RunIncident>(events[1]).Source);
        Assert.Equal(3, events[1].Progress.Step);
    }

    [Fact]
    public void A_refused_update_reloads_the_checkpoint_once_and_nothing_starts_before_the_learner_is_ready()
    {
        var (supervisor, effects) = Restored(s_learning);
        var update = Updating(supervisor, effects);
        var refused = supervisor.Tell(new UpdateRefused(update, new NonFiniteLossException("not finite."), "batch-file"));
        RoleHarness.Sent<ReloadModel>(refused);
        RoleHarness.Sent<AbandonEpisodes>(refused);
        Assert.Equal(2, refused.Count);
        Assert.Empty(supervisor.Tell(new BatchSampled(update + 1, null!, 0)));

        var taken = supervisor.Tell(new LearnerReady(s_learning, "checkpoint", []));
        effects = supervisor.Tell(new EpisodesRestored(RoleHarness.Sent<RestoreEpisodes>(taken).Order));
        Assert.Contains(RoleHarness.Messages(effects), message => message is WriteEvent { Event: RunIncident { Source: "update" } });
        var again = Updating(supervisor, effects);
        var failure = Assert.Throws<NonFiniteLossException>(
            () => supervisor.Tell(new UpdateRefused(again, new NonFiniteLossException("not finite."), "batch-file")));
        Assert.Contains("batch-file", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_role_that_failed_for_good_fails_the_run_by_name()
    {
        var (supervisor, _) = Collecting();
        var cause = new RoleFailedException("/role/replay", 6, TimeSpan.FromSeconds(600), new InvalidOperationException("broken"));
        Assert.Same(cause, Assert.Throws<RoleFailedException>(() => supervisor.Tell(new ChildStopped(ActorRefs.Nobody, cause))));
    }

    [Fact]
    public void An_injected_fault_is_an_incident_of_its_point()
    {
        var (supervisor, _) = Collecting();
        var incident = EventIn<RunIncident>(supervisor.Tell(new FaultFired(Fault.Parse("env.step@7=crash"))));
        Assert.Equal("fault/env.step", incident.Source);
        Assert.Contains("env.step@7=crash", incident.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interruption_abandons_the_episodes_and_ends_the_run()
    {
        var (supervisor, _) = Collecting();
        var effects = supervisor.Tell(new InterruptRun());
        RoleHarness.Sent<AbandonEpisodes>(effects);
        Assert.Equal("end", Assert.Single(effects.OfType<Run>()).Thread);
    }

    [Fact]
    public void An_overlapped_run_does_not_end_before_its_collector_is_ready()
    {
        var schedule = RoleHarness.Parts.Experiment.Schedule with { Order = ScheduleOrder.Overlapped };
        var supervisor = new RoleHarness(RunSupervisor.Create(
            RoleHarness.Parts with { Experiment = RoleHarness.Parts.Experiment with { Schedule = schedule } }, _ => { }));
        supervisor.Tell(new MetricsReady());
        supervisor.Tell(new ReplayReady([]));
        var order = RoleHarness.Sent<RestoreEpisodes>(supervisor.Tell(new LearnerReady(s_start, null, []))).Order;
        var write = RoleHarness.Sent<WriteEvent>(supervisor.Tell(new EpisodesRestored(order)));
        Assert.Empty(supervisor.Tell(new EventWritten(write.Number)));
        RoleHarness.Sent<FindEpisodes>(supervisor.Tell(new CollectorReady()));
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    public void An_update_order_counts_the_roles_that_act_beside_it(int updates, int beside)
    {
        var schedule = RoleHarness.Parts.Experiment.Schedule with { Order = ScheduleOrder.Overlapped };
        var parts = RoleHarness.Parts with { Experiment = RoleHarness.Parts.Experiment with { Schedule = schedule } };
        var (supervisor, effects) = Restored(s_learning with { Progress = s_learning.Progress with { Updates = updates } }, parts);
        var order = RoleHarness.Messages(effects).OfType<SampleBatch>().First().Order;
        Assert.Equal(beside, RoleHarness.Sent<UpdateModel>(supervisor.Tell(new BatchSampled(order, null!, 0))).Beside);
    }

    [Theory]
    [InlineData(2, 2, 1, 0, 2)]
    [InlineData(2, 2, 1, 1, 1)]
    [InlineData(2, 2, 1, 2, 1)]
    [InlineData(1, 2, 1, 1, 1)]
    [InlineData(16, 8, 2, 1, 8)]
    [InlineData(16, 8, 5, 2, 6)]
    [InlineData(2, 8, 1, 0, 8)]
    public void An_update_leaves_cores_to_the_roles_that_act_beside_it(int cores, int threads, int acting, int beside, int expected)
    {
        var compute = RoleHarness.Parts.Experiment.Compute with { Threads = threads, ActingThreads = acting };
        var parts = RoleHarness.Parts with { Experiment = RoleHarness.Parts.Experiment with { Compute = compute }, Cores = cores };
        Assert.Equal(expected, parts.UpdateThreads(beside));
    }

    private static (RoleHarness Supervisor, IReadOnlyList<Effect> Effects) Restored(RunState state, RunParts? parts = null)
    {
        var supervisor = new RoleHarness(RunSupervisor.Create(parts ?? RoleHarness.Parts, _ => { }));
        foreach (var ready in new object[] { new MetricsReady(), new CollectorReady(), new EvaluatorReady(), new ReplayReady([]) })
        {
            Assert.Empty(supervisor.Tell(ready));
        }

        var order = RoleHarness.Sent<RestoreEpisodes>(supervisor.Tell(new LearnerReady(state, null, []))).Order;
        return (supervisor, supervisor.Tell(new EpisodesRestored(order)));
    }

    private static (RoleHarness Supervisor, FindEpisodes Find) Collecting()
    {
        var (supervisor, _) = Restored(s_start);
        return (supervisor, RoleHarness.Sent<FindEpisodes>(supervisor.Tell(new EventWritten(1))));
    }

    // Acknowledges the pending events and delivers the first batch. Returns the number of the update order that the learner receives.
    private static long Updating(RoleHarness supervisor, IReadOnlyList<Effect> effects)
    {
        foreach (var write in RoleHarness.Messages(effects).OfType<WriteEvent>())
        {
            effects = supervisor.Tell(new EventWritten(write.Number));
        }

        var order = RoleHarness.Messages(effects).OfType<SampleBatch>().First().Order;
        return RoleHarness.Sent<UpdateModel>(supervisor.Tell(new BatchSampled(order, null!, 0))).Order;
    }

    private static T EventIn<T>(IEnumerable<Effect> effects) => Assert.IsType<T>(RoleHarness.Sent<WriteEvent>(effects).Event);
}

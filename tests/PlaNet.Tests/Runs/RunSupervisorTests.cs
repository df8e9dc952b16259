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

/// <summary>The run supervisor without a host: messages in, effects out.</summary>
public sealed class RunSupervisorTests
{
    private static readonly RunState s_start = RunState.Start(3, "hash");
    private static readonly RunState s_learning = s_start with { Progress = new RunProgress { SeedEpisodes = 2, TestEpisodes = 1 } };

    [Fact]
    public void Every_role_is_begun()
    {
        var supervisor = new Rehearsal(RunSupervisor.Create(Rehearsal.Parts, _ => { }));
        Assert.Equal(["metrics", "learner", "replay", "collector", "evaluator"], supervisor.Begun.OfType<Spawn>().Select(spawn => spawn.Name));
    }

    [Fact]
    public void In_lockstep_nothing_is_ordered_before_what_happened_is_noted()
    {
        var (supervisor, effects) = TakenUp(s_start);
        var note = Rehearsal.Told<WriteEvent>(effects);
        Assert.IsType<RunStarted>(note.Happened);
        Assert.Single(effects);
        Assert.Equal(RunStep.CollectSeedEpisode, Rehearsal.Told<FindEpisodes>(supervisor.Tell(new EventWritten(note.Number))).Step);
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
        Assert.Equal(find.Order, Rehearsal.Told<CollectEpisodes>(supervisor.Tell(new EpisodesFound(find.Order, find.Seeds))).Order);
    }

    [Fact]
    public void A_new_collector_is_given_the_order_again_and_replies_to_the_old_one_are_ignored()
    {
        var (supervisor, find) = Collecting();
        supervisor.Tell(new EpisodesFound(find.Order, find.Seeds));
        var note = Noted<RunIncident>(supervisor.Tell(new CollectorReady()));
        Assert.Contains("1 half-played episodes were dropped", note.Message, StringComparison.Ordinal);
        Assert.Empty(supervisor.Tell(new EpisodesCollected(find.Order, [], 0)));
        var again = Rehearsal.Told<FindEpisodes>(supervisor.Tell(new EventWritten(2)));
        Assert.Equal(find.Seeds, again.Seeds);
        Assert.True(again.Order > find.Order);
    }

    [Fact]
    public void A_collector_that_is_replaced_after_it_has_played_drops_nothing()
    {
        var (supervisor, find) = Collecting();
        supervisor.Tell(new EpisodesFound(find.Order, find.Seeds));
        Rehearsal.Told<StoreEpisodes>(supervisor.Tell(new EpisodesCollected(find.Order, [], 0)));
        Assert.Empty(supervisor.Tell(new CollectorReady()));
        var stored = supervisor.Tell(new EpisodesStored(find.Order, [new StoredEpisode(new EpisodeReference("name", "hash"), 1)]));
        Noted<EpisodeCollected>(stored);
    }

    [Fact]
    public void Dropped_episodes_are_counted_once()
    {
        var (supervisor, find) = Collecting();
        supervisor.Tell(new EpisodesFound(find.Order, find.Seeds));
        Assert.Empty(supervisor.Tell(new EpisodesDropped(find.Order - 1, 1, "planner")));
        var incident = Noted<RunIncident>(supervisor.Tell(new EpisodesDropped(find.Order, 1, "planner")));
        Assert.Equal("planner", incident.Who);
        Assert.Contains("1 half-played episodes were dropped", incident.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_replay_restores_the_episodes_and_every_order_is_repeated()
    {
        var (supervisor, find) = Collecting();
        var effects = supervisor.Tell(new ReplayReady([]));
        Rehearsal.Told<AbandonEpisodes>(effects);
        var order = Rehearsal.Told<RestoreEpisodes>(effects).Order;
        Assert.True(order > find.Order);
        Assert.Empty(supervisor.Tell(new EpisodesFound(find.Order, find.Seeds)));
        Assert.Equal("replay", Noted<RunIncident>(supervisor.Tell(new EpisodesRestored(order))).Who);
        Assert.Equal(find.Seeds, Rehearsal.Told<FindEpisodes>(supervisor.Tell(new EventWritten(2))).Seeds);
    }

    [Fact]
    public void A_new_learner_takes_the_run_back_to_its_checkpoint()
    {
        var (supervisor, _) = Collecting();
        var effects = supervisor.Tell(new LearnerReady(s_learning, "checkpoints/000000003", []));
        Rehearsal.Told<AbandonEpisodes>(effects);
        var order = Rehearsal.Told<RestoreEpisodes>(effects);
        Assert.Same(s_learning, order.State);
        var said = supervisor.Tell(new EpisodesRestored(order.Order)).OfType<TellChild>().Select(tell => ((WriteEvent)tell.Message).Happened).ToArray();
        Assert.Equal("checkpoints/000000003", Assert.IsType<RunStarted>(said[0]).Checkpoint);
        Assert.Equal("learner", Assert.IsType<RunIncident>(said[1]).Who);
        Assert.Equal(3, said[1].Progress.Step);
    }

    [Fact]
    public void A_refused_update_goes_back_once_and_nothing_is_begun_before_the_learner_is_back()
    {
        var (supervisor, effects) = TakenUp(s_learning);
        var update = Updating(supervisor, effects);
        var refused = supervisor.Tell(new UpdateRefused(update, new NonFiniteLossException("not finite."), "batch-file"));
        Rehearsal.Told<ReloadModel>(refused);
        Rehearsal.Told<AbandonEpisodes>(refused);
        Assert.Equal(2, refused.Count);
        Assert.Empty(supervisor.Tell(new BatchSampled(update + 1, null!, 0)));

        var taken = supervisor.Tell(new LearnerReady(s_learning, "checkpoint", []));
        effects = supervisor.Tell(new EpisodesRestored(Rehearsal.Told<RestoreEpisodes>(taken).Order));
        Assert.Contains(Rehearsal.Messages(effects), message => message is WriteEvent { Happened: RunIncident { Who: "update" } });
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
        var incident = Noted<RunIncident>(supervisor.Tell(new FaultFired(Fault.Parse("env.step@7=crash"))));
        Assert.Equal("fault/env.step", incident.Who);
        Assert.Contains("env.step@7=crash", incident.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interruption_drops_what_is_played_and_ends_the_run_where_it_stands()
    {
        var (supervisor, _) = Collecting();
        var effects = supervisor.Tell(new InterruptRun());
        Rehearsal.Told<AbandonEpisodes>(effects);
        Assert.Equal("end", Assert.Single(effects.OfType<Run>()).Thread);
    }

    [Fact]
    public void An_overlapped_run_does_not_end_before_its_collector_is_ready()
    {
        var schedule = Rehearsal.Parts.Experiment.Schedule with { Order = ScheduleOrder.Overlapped };
        var supervisor = new Rehearsal(RunSupervisor.Create(
            Rehearsal.Parts with { Experiment = Rehearsal.Parts.Experiment with { Schedule = schedule } }, _ => { }));
        supervisor.Tell(new MetricsReady());
        supervisor.Tell(new ReplayReady([]));
        var order = Rehearsal.Told<RestoreEpisodes>(supervisor.Tell(new LearnerReady(s_start, null, []))).Order;
        var note = Rehearsal.Told<WriteEvent>(supervisor.Tell(new EpisodesRestored(order)));
        Assert.Empty(supervisor.Tell(new EventWritten(note.Number)));
        Rehearsal.Told<FindEpisodes>(supervisor.Tell(new CollectorReady()));
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 1)]
    public void An_update_is_told_who_acts_beside_it(int updates, int beside)
    {
        var schedule = Rehearsal.Parts.Experiment.Schedule with { Order = ScheduleOrder.Overlapped };
        var parts = Rehearsal.Parts with { Experiment = Rehearsal.Parts.Experiment with { Schedule = schedule } };
        var (supervisor, effects) = TakenUp(s_learning with { Progress = s_learning.Progress with { Updates = updates } }, parts);
        var order = Rehearsal.Messages(effects).OfType<SampleBatch>().First().Order;
        Assert.Equal(beside, Rehearsal.Told<UpdateModel>(supervisor.Tell(new BatchSampled(order, null!, 0))).Beside);
    }

    [Theory]
    [InlineData(2, 2, 1, 0, 2)]
    [InlineData(2, 2, 1, 1, 1)]
    [InlineData(2, 2, 1, 2, 1)]
    [InlineData(1, 2, 1, 1, 1)]
    [InlineData(16, 8, 2, 1, 8)]
    [InlineData(16, 8, 5, 2, 6)]
    [InlineData(2, 8, 1, 0, 8)]
    public void An_update_leaves_cores_to_those_who_act_beside_it(int cores, int threads, int acting, int beside, int expected)
    {
        var compute = Rehearsal.Parts.Experiment.Compute with { Threads = threads, ActingThreads = acting };
        var parts = Rehearsal.Parts with { Experiment = Rehearsal.Parts.Experiment with { Compute = compute }, Cores = cores };
        Assert.Equal(expected, parts.UpdateThreads(beside));
    }

    private static (Rehearsal Supervisor, IReadOnlyList<Effect> Effects) TakenUp(RunState state, RunParts? parts = null)
    {
        var supervisor = new Rehearsal(RunSupervisor.Create(parts ?? Rehearsal.Parts, _ => { }));
        foreach (var ready in new object[] { new MetricsReady(), new CollectorReady(), new EvaluatorReady(), new ReplayReady([]) })
        {
            Assert.Empty(supervisor.Tell(ready));
        }

        var order = Rehearsal.Told<RestoreEpisodes>(supervisor.Tell(new LearnerReady(state, null, []))).Order;
        return (supervisor, supervisor.Tell(new EpisodesRestored(order)));
    }

    private static (Rehearsal Supervisor, FindEpisodes Find) Collecting()
    {
        var (supervisor, _) = TakenUp(s_start);
        return (supervisor, Rehearsal.Told<FindEpisodes>(supervisor.Tell(new EventWritten(1))));
    }

    // Notes what is to be noted and hands the first batch on: the order of the update that the learner has then.
    private static long Updating(Rehearsal supervisor, IReadOnlyList<Effect> effects)
    {
        foreach (var note in Rehearsal.Messages(effects).OfType<WriteEvent>())
        {
            effects = supervisor.Tell(new EventWritten(note.Number));
        }

        var order = Rehearsal.Messages(effects).OfType<SampleBatch>().First().Order;
        return Rehearsal.Told<UpdateModel>(supervisor.Tell(new BatchSampled(order, null!, 0))).Order;
    }

    private static T Noted<T>(IEnumerable<Effect> effects) => Assert.IsType<T>(Rehearsal.Told<WriteEvent>(effects).Happened);
}

using Akka.Actor;
using PlaNet.Environments;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Tests.Runs;

/// <summary>The collector without an actor system: messages in, effects out.</summary>
public sealed class EpisodeCollectorTests
{
    private static readonly CollectEpisodes s_order =
        new(5, RunStep.CollectSeedEpisode, new RunProgress(), new Acting(ActingKind.Random, [11], [0], 0, null));

    private static readonly StepResult s_shown = new(
        new Observation(new byte[64 * 64 * 3], States()), 0.5, Terminated: false, Truncated: false);

    [Fact]
    public void It_is_ready_once_its_environments_and_its_planner_are()
    {
        var collector = new RoleHarness(EpisodeCollectorActor.Create(RoleHarness.Parts));
        Assert.Equal(["planner", "environment-0"], collector.Started.OfType<Spawn>().Select(spawn => spawn.Name));
        Assert.Empty(collector.Tell(s_order));
        Assert.Empty(collector.Tell(new EnvironmentReady(0)));
        var effects = collector.Tell(new PlannerReady());
        RoleHarness.Sent<CollectorReady>(effects);
        Assert.Equal(11ul, RoleHarness.Sent<ResetEnvironment>(effects).Seed);
    }

    [Fact]
    public void An_episode_is_played_to_its_end()
    {
        var collector = Ready();
        var play = RoleHarness.Sent<ResetEnvironment>(collector.Tell(s_order)).Play;
        var effects = collector.Tell(new Observed(play, 0, s_shown, At: 0));
        for (var step = 1; step <= 8; step++)
        {
            Assert.Equal(play, RoleHarness.Sent<DecideActions>(effects).Play);
            Assert.Equal(play, RoleHarness.Sent<StepEnvironment>(collector.Tell(new ActionsDecided(play, [[0.25f]]))).Play);
            effects = collector.Tell(new Observed(play, 0, s_shown with { Truncated = step == 8 }, At: step));
        }

        var collected = RoleHarness.Sent<EpisodesCollected>(effects);
        Assert.Equal(5, collected.Order);
        var episode = Assert.Single(collected.Episodes);
        Assert.Equal((9, 4.0), (episode.Length, episode.Return));
    }

    [Theory]
    [InlineData("environment-0")]
    [InlineData("planner")]
    public void When_an_environment_or_planner_is_replaced_the_episode_is_dropped_counted_and_played_again(string role)
    {
        var collector = Ready();
        var play = RoleHarness.Sent<ResetEnvironment>(collector.Tell(s_order)).Play;
        collector.Tell(new Observed(play, 0, s_shown, At: 0));
        var effects = collector.Tell(role == "planner" ? new PlannerReady() : new EnvironmentReady(0));
        Assert.Equal(new EpisodesDropped(5, 1, role), RoleHarness.Sent<EpisodesDropped>(effects));
        var again = RoleHarness.Sent<ResetEnvironment>(effects);
        Assert.Equal((play + 1, 11ul), (again.Play, again.Seed));
        Assert.Equal(again.Play, RoleHarness.Sent<BeginActing>(effects).Play);

        // Replies to the first attempt are stale.
        Assert.Empty(collector.Tell(new ActionsDecided(play, [[0]])));
        Assert.Empty(collector.Tell(new Observed(play, 0, s_shown, At: 1)));
        RoleHarness.Sent<DecideActions>(collector.Tell(new Observed(again.Play, 0, s_shown, At: 2)));
    }

    [Fact]
    public void A_replacement_between_episodes_drops_nothing()
    {
        var collector = Ready();
        Assert.Empty(collector.Tell(new EnvironmentReady(0)));
        Assert.Empty(collector.Tell(new PlannerReady()));
    }

    [Fact]
    public void An_environment_that_does_not_answer_in_time_is_given_up()
    {
        var collector = Ready();
        var effects = collector.Tell(s_order);
        var reset = RoleHarness.Sent<ResetEnvironment>(effects);
        var wait = Assert.Single(effects.OfType<After>());
        Assert.Equal((TimeSpan.FromSeconds(60), new EnvironmentsTimedOut(reset.Play)), (wait.Delay, wait.Message));
        Assert.Equal([new TellChild("environment-0", new GiveUpEnvironment(reset.Play))], collector.Tell(wait.Message));

        // The next environment has a timer of its own; that of the first no longer counts.
        Assert.Single(collector.Tell(new EnvironmentReady(0)).OfType<After>());
        Assert.Empty(collector.Tell(wait.Message));
    }

    [Fact]
    public void An_environment_that_has_answered_is_not_given_up()
    {
        var collector = Ready();
        var effects = collector.Tell(s_order);
        var wait = Assert.Single(effects.OfType<After>());
        var observed = collector.Tell(new Observed(RoleHarness.Sent<ResetEnvironment>(effects).Play, 0, s_shown, At: 0));
        Assert.Equal(wait.Key, Assert.Single(observed.OfType<Cancel>()).Key);
        Assert.Empty(collector.Tell(wait.Message));
    }

    [Fact]
    public void Replies_to_abandoned_episodes_are_ignored()
    {
        var collector = Ready();
        var play = RoleHarness.Sent<ResetEnvironment>(collector.Tell(s_order)).Play;
        Assert.IsType<Cancel>(Assert.Single(collector.Tell(new AbandonEpisodes())));
        Assert.Empty(collector.Tell(new Observed(play, 0, s_shown, At: 0)));
        Assert.Equal(play + 1, RoleHarness.Sent<ResetEnvironment>(collector.Tell(s_order with { Order = 6 })).Play);
    }

    [Fact]
    public void A_child_that_failed_for_good_fails_the_collector_by_name()
    {
        var cause = new RoleFailedException("/role/environment-0", 6, TimeSpan.FromSeconds(600), new InvalidOperationException("broken"));
        Assert.Same(cause, Assert.Throws<RoleFailedException>(() => Ready().Tell(new ChildStopped(ActorRefs.Nobody, cause))));
        Assert.Equal("/role/environment-0 failed 6 times in 600 s; last error: broken", cause.Message);
    }

    private static RoleHarness Ready()
    {
        var collector = new RoleHarness(EpisodeCollectorActor.Create(RoleHarness.Parts));
        collector.Tell(new EnvironmentReady(0));
        collector.Tell(new PlannerReady());
        return collector;
    }

    private static Dictionary<string, float[]> States() =>
        RoleHarness.Parts.Tasks[0].States.ToDictionary(state => state.Name, state => new float[state.Size], StringComparer.Ordinal);
}

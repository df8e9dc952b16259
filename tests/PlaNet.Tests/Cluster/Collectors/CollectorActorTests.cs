using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Nodes;
using PlaNet.Cluster.Status;
using PlaNet.Cluster.Wire;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cluster.Collectors;

/// <summary>The collector without an actor system. The tests send the messages of the run and of the roles that play.</summary>
public sealed class CollectorActorTests
{
    private static readonly EpisodesWanted s_wanted = new("this-run", "small/3", "threads 1, native kernels False");
    private static readonly BlobSource s_weights = new("this-run/weights/9", BlobKind.Weights, new byte[] { 1, 2, 3 });

    private static readonly EpisodeAssigned s_assigned = new(
        new EpisodeId("this-run", 5, 0, 1),
        ExperimentJson.Write(SmallRun.Experiment),
        new EpisodeRequest(RunStep.Collect, ActingKind.Planner, 11, 0, 0.3, 9),
        s_weights.Offer);

    private readonly List<CollectorEvent> _events = [];
    private readonly SimulatedRole _role;
    private Exception? _cannotLoad;
    private bool _ended;

    public CollectorActorTests()
    {
        _role = new SimulatedRole(CollectorActor.Create(
            new CollectorOptions(_ => torch.CPU) { Owner = "me", Lease = TimeSpan.FromSeconds(20), Heartbeat = TimeSpan.FromSeconds(5) },
            (_, _) => _cannotLoad is null ? RoleHarness.Parts : throw _cannotLoad,
            _events.Add,
            () => _ended = true));
    }

    [Fact]
    public void It_claims_pulls_the_weights_plays_and_delivers()
    {
        Assert.Equal(new ClaimEpisode("this-run", "me"), Assert.Single(_role.Tell(s_wanted)));
        var order = Begin();
        Assert.Equal(
            (1, RunStep.Collect, ActingKind.Planner, 11ul),
            (order.Order, order.Step, order.Acting.Kind, Assert.Single(order.Acting.Seeds)));
        Assert.Equal((9, 3), (order.Acting.Weights!.Version, order.Acting.Weights.Content.Length));
        Assert.Equal(new RenewEpisode(s_assigned.Id, "me"), Assert.Single(_role.Fire("heartbeat")));
        Assert.Equal(new CollectorStatus("small/3", 0, 9, 0, 0), Assert.Single(_role.Tell(new AskStatus())));
        var played = Assert.IsType<EpisodePlayed>(Assert.Single(_role.Tell(Collected(order))));
        Assert.Equal(played, Assert.Single(_role.Fire("heartbeat")));
        var chunk = Assert.IsType<BlobChunk>(Assert.Single(_role.Tell(new BlobChunkRequest(played.File.Id, 0, 1))));
        Assert.Equal(11ul, EpisodeFile.FromBytes(played.Name, chunk.Bytes.ToArray()).Seed);
        Assert.Empty(_role.Tell(new EpisodeTaken(s_assigned.Id)));
        Assert.Equal(new CollectorStatus(null, 1, null, 0, 0), Assert.Single(_role.Tell(new AskStatus())));
        Assert.Equal([typeof(EpisodeBegun), typeof(EpisodeDelivered)], _events.Select(happened => happened.GetType()));

        // The weights and the roles that play are kept for the next episode of the same run.
        _role.Tell(s_wanted);
        var next = s_assigned with { Id = s_assigned.Id with { Order = 6 } };
        Assert.Equal(2, Assert.IsType<CollectEpisodes>(Assert.Single(_role.Tell(next))).Order);
        Assert.Equal(["collector-1"], _role.Children);
    }

    [Fact]
    public void It_plays_one_episode_at_a_time_and_returns_episodes_that_it_did_not_claim()
    {
        Begin();
        Assert.Empty(_role.Tell(s_wanted));
        var other = new EpisodeId("other-run", 1, 0, 1);
        Assert.Equal(new EpisodeReturned(other, "me", null), Assert.Single(_role.Tell(s_assigned with { Id = other })));
        Assert.Empty(_role.Tell(s_assigned));
    }

    [Fact]
    public void Runs_with_another_number_of_threads_are_left_to_other_collectors()
    {
        var order = Begin();
        _role.Tell(Collected(order));
        _role.Tell(new EpisodeTaken(s_assigned.Id));
        Assert.Empty(_role.Tell(s_wanted with { Run = "x", Compute = "threads 2" }));
        Assert.Single(_role.Tell(s_wanted));
    }

    [Fact]
    public void An_episode_that_is_withdrawn_is_dropped()
    {
        Begin();
        Assert.IsType<AbandonEpisodes>(Assert.Single(_role.Tell(new EpisodeWithdrawn(s_assigned.Id, "another collector has it"))));
        Assert.Equal("another collector has it", Assert.IsType<EpisodeLost>(_events[^1]).Reason);
        Assert.Empty(_role.Tell(Collected(new CollectEpisodes(1, RunStep.Collect, new RunProgress(), s_assigned.Request.Acting(null)))));
        Assert.DoesNotContain("heartbeat", _role.Timers);
    }

    [Fact]
    public void An_episode_is_abandoned_only_when_its_run_does_not_answer_for_a_whole_lease()
    {
        Begin();
        for (var heartbeat = 0; heartbeat < 3; heartbeat++)
        {
            _role.Fire("heartbeat");
        }

        _role.Tell(new EpisodeHeld(s_assigned.Id));
        for (var heartbeat = 0; heartbeat < 4; heartbeat++)
        {
            Assert.IsType<RenewEpisode>(Assert.Single(_role.Fire("heartbeat")));
        }

        Assert.IsType<AbandonEpisodes>(Assert.Single(_role.Fire("heartbeat")));
        Assert.Contains("did not answer for 20 s", Assert.IsType<EpisodeLost>(_events[^1]).Reason);
    }

    [Fact]
    public void The_episode_of_a_killed_run_is_dropped_when_the_run_is_resumed()
    {
        Begin();
        Assert.IsType<AbandonEpisodes>(Assert.Single(_role.Tell(s_wanted with { Run = "resumed" })));
        Assert.Equal(new ClaimEpisode("resumed", "me"), Assert.Single(_role.Tell(s_wanted with { Run = "resumed" })));
    }

    [Fact]
    public void A_collector_that_cannot_play_ends_with_the_reason()
    {
        _cannotLoad = new InvalidOperationException("This machine\nhas no simulator.");
        _role.Tell(s_wanted);
        var assigned = s_assigned with { Weights = null, Request = s_assigned.Request with { WeightsVersion = null } };
        var failure = Assert.Throws<RunException>(() => _role.Tell(assigned));
        Assert.Contains("has no simulator", failure.Message);
        Assert.True(RunSupervision.IsFinal(failure));
    }

    [Fact]
    public void An_episode_whose_weights_are_refused_is_returned()
    {
        _role.Tell(s_wanted);
        _role.Tell(s_assigned);
        Assert.Equal(
            new EpisodeReturned(s_assigned.Id, "me", null),
            Assert.Single(_role.Tell(new BlobRefused(s_weights.Offer.Id, "newer ones are there"))));
        Assert.Contains("newer ones are there", Assert.IsType<CollectorWarning>(_events[^1]).Message);
    }

    [Fact]
    public void An_interrupted_collector_returns_its_episode_and_claims_no_other()
    {
        Begin();
        Assert.Equal([new EpisodeReturned(s_assigned.Id, "me", null), new AbandonEpisodes()], _role.Tell(new StopWorking()));
        Assert.True(_ended);
        Assert.Empty(_role.Tell(s_wanted));
    }

    private static EpisodesCollected Collected(CollectEpisodes order)
    {
        const string Name = "20260101T000000-000000000000000b";
        var image = new byte[9 * 64 * 64 * 3];
        var episode = new Episode(Name, new ImageShape(64, 64), 1, image, new float[9], new float[9], seed: 11, weightsVersion: 9);
        return new EpisodesCollected(order.Order, [episode], 3);
    }

    // Claims the episode, and pulls the weights.
    private CollectEpisodes Begin()
    {
        _role.Tell(s_wanted);
        var request = Assert.Single(_role.Tell(s_assigned).OfType<BlobChunkRequest>());
        return Assert.IsType<CollectEpisodes>(Assert.Single(s_weights.Answer(request).SelectMany(_role.Tell)));
    }
}

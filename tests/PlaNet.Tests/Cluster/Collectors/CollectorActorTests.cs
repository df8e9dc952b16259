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

/// <summary>The collector's side, without an actor system; the run and the roles that play are played by hand.</summary>
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
    private readonly PlayedRole _role;
    private Exception? _cannotLoad;
    private bool _ended;

    public CollectorActorTests()
    {
        _role = new PlayedRole(CollectorActor.Create(
            new CollectorOptions(_ => torch.CPU) { Owner = "me", Lease = TimeSpan.FromSeconds(20), Heartbeat = TimeSpan.FromSeconds(5) },
            (_, _) => _cannotLoad is null ? Rehearsal.Parts : throw _cannotLoad,
            _events.Add,
            () => _ended = true));
    }

    [Fact]
    public void It_claims_pulls_the_weights_plays_and_delivers()
    {
        Assert.Equal(new ClaimEpisode("this-run", "me"), Assert.Single(_role.Tell(s_wanted)));
        var order = Begin();
        Assert.Equal((1, RunStep.Collect, ActingKind.Planner, 11ul), (order.Order, order.Step, order.Acting.Kind, Assert.Single(order.Acting.Seeds)));
        Assert.Equal((9, 3), (order.Acting.Weights!.Version, order.Acting.Weights.Content.Length));
        Assert.Equal(new RenewEpisode(s_assigned.Id, "me"), Assert.Single(_role.Ring("heartbeat")));
        Assert.Equal(new CollectorStanding("small/3", 0, 9, 0, 0), Assert.Single(_role.Tell(new AskStanding())));
        var played = Assert.IsType<EpisodePlayed>(Assert.Single(_role.Tell(Collected(order))));
        Assert.Equal(played, Assert.Single(_role.Ring("heartbeat")));
        var chunk = Assert.IsType<BlobChunk>(Assert.Single(_role.Tell(new BlobChunkRequest(played.File.Id, 0, 1))));
        Assert.Equal(11ul, EpisodeFile.FromBytes(played.Name, chunk.Bytes.ToArray()).Seed);
        Assert.Empty(_role.Tell(new EpisodeTaken(s_assigned.Id)));
        Assert.Equal(new CollectorStanding(null, 1, null, 0, 0), Assert.Single(_role.Tell(new AskStanding())));
        Assert.Equal([typeof(EpisodeBegun), typeof(EpisodeDelivered)], _events.Select(happened => happened.GetType()));

        // The weights are here, and what plays the run, too.
        _role.Tell(s_wanted);
        var next = s_assigned with { Id = s_assigned.Id with { Order = 6 } };
        Assert.Equal(2, Assert.IsType<CollectEpisodes>(Assert.Single(_role.Tell(next))).Order);
        Assert.Equal(["collector-1"], _role.Children);
    }

    [Fact]
    public void It_plays_one_episode_at_a_time_and_returns_what_it_did_not_ask_for()
    {
        Begin();
        Assert.Empty(_role.Tell(s_wanted));
        var other = new EpisodeId("other-run", 1, 0, 1);
        Assert.Equal(new EpisodeReturned(other, "me", null), Assert.Single(_role.Tell(s_assigned with { Id = other })));
        Assert.Empty(_role.Tell(s_assigned));
    }

    [Fact]
    public void Runs_of_another_number_of_threads_are_left_to_others()
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
    public void A_run_that_does_not_answer_for_a_lease_is_given_up_and_one_that_does_is_not()
    {
        Begin();
        for (var beat = 0; beat < 3; beat++)
        {
            _role.Ring("heartbeat");
        }

        _role.Tell(new EpisodeHeld(s_assigned.Id));
        for (var beat = 0; beat < 4; beat++)
        {
            Assert.IsType<RenewEpisode>(Assert.Single(_role.Ring("heartbeat")));
        }

        Assert.IsType<AbandonEpisodes>(Assert.Single(_role.Ring("heartbeat")));
        Assert.Contains("did not answer for 20 s", Assert.IsType<EpisodeLost>(_events[^1]).Reason);
    }

    [Fact]
    public void The_episode_of_a_process_that_is_gone_is_dropped_when_its_run_is_resumed()
    {
        Begin();
        Assert.IsType<AbandonEpisodes>(Assert.Single(_role.Tell(s_wanted with { Run = "resumed" })));
        Assert.Equal(new ClaimEpisode("resumed", "me"), Assert.Single(_role.Tell(s_wanted with { Run = "resumed" })));
    }

    [Fact]
    public void A_machine_that_cannot_play_tells_the_run_why_and_ends()
    {
        _cannotLoad = new InvalidOperationException("This machine\nhas no simulator.");
        _role.Tell(s_wanted);
        var told = new List<object>();
        var failure = Assert.Throws<RunException>(() => told.AddRange(_role.Tell(s_assigned with { Weights = null, Request = s_assigned.Request with { WeightsVersion = null } })));
        Assert.Contains("has no simulator", failure.Message);
        Assert.True(RunSupervision.IsFinal(failure));
    }

    [Fact]
    public void Weights_that_do_not_come_give_the_episode_back()
    {
        _role.Tell(s_wanted);
        _role.Tell(s_assigned);
        Assert.Equal(new EpisodeReturned(s_assigned.Id, "me", null), Assert.Single(_role.Tell(new BlobRefused(s_weights.Offer.Id, "newer ones are there"))));
        Assert.Contains("newer ones are there", Assert.IsType<CollectorWarning>(_events[^1]).Message);
    }

    [Fact]
    public void An_interrupted_collector_gives_its_episode_back_and_takes_no_other()
    {
        Begin();
        Assert.Equal([new EpisodeReturned(s_assigned.Id, "me", null), new AbandonEpisodes()], _role.Tell(new StopWorking()));
        Assert.True(_ended);
        Assert.Empty(_role.Tell(s_wanted));
    }

    private static EpisodesCollected Collected(CollectEpisodes order)
    {
        var episode = new Episode("20260101T000000-000000000000000b", new ImageShape(64, 64), 1, new byte[9 * 64 * 64 * 3], new float[9], new float[9], seed: 11, weightsVersion: 9);
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

using PlaNet.Cluster.Collectors;
using PlaNet.Cluster.Wire;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cluster.Collectors;

/// <summary>The side of the run without an actor system. The tests send the messages of the collectors.</summary>
public sealed class RemoteCollectorTests
{
    private static readonly Weights s_weights = new(9, new byte[] { 1, 2, 3 });

    private static readonly CollectEpisodes s_order =
        new(5, RunStep.Collect, new RunProgress(), new Acting(ActingKind.Planner, [11, 12], [0, 0], 0.3, s_weights));

    private readonly SettableTime _time = new();
    private readonly SimulatedRole _role;

    public RemoteCollectorTests()
    {
        _role = new SimulatedRole(RemoteCollectorActor.Create(
            RoleHarness.Parts with { Time = _time }, new RoleHarness.NamedRef("collectors"), TimeSpan.FromSeconds(20), () => "this-run"));
    }

    [Fact]
    public void Episodes_that_collectors_deliver_reach_the_run_in_the_order_of_their_seeds()
    {
        Assert.IsType<CollectorReady>(Assert.Single(_role.Started));
        var wanted = Assert.IsType<EpisodesWanted>(Assert.Single(_role.Tell(s_order)));
        Assert.Equal(("this-run", "small/3"), (wanted.Run, wanted.Name));
        var (first, second) = (Claim("a"), Claim("b"));
        Assert.Equal(
            [
                new EpisodeRequest(RunStep.Collect, ActingKind.Planner, 11, 0, 0.3, 9),
                new EpisodeRequest(RunStep.Collect, ActingKind.Planner, 12, 0, 0.3, 9)
            ],
            new[] { first.Request, second.Request });
        Assert.IsType<NothingToPlay>(Assert.Single(_role.Tell(new ClaimEpisode("this-run", "c"))));
        var chunk = Assert.IsType<BlobChunk>(Assert.Single(_role.Tell(new BlobChunkRequest(first.Weights!.Id, 0, 1))));
        Assert.Equal(s_weights.Content.ToArray(), chunk.Bytes.ToArray());
        Assert.Equal([new EpisodeTaken(second.Id)], Deliver(second, "b", Played(12)));
        _time.Now += TimeSpan.FromSeconds(3);
        var sent = Deliver(first, "a", Played(11));
        Assert.Contains(new EpisodeTaken(first.Id), sent);
        var collected = Assert.Single(sent.OfType<EpisodesCollected>());
        Assert.Equal((5, 3.0), (collected.Order, collected.Seconds));
        Assert.Equal([11ul, 12ul], collected.Episodes.Select(episode => episode.Seed!.Value));
        Assert.DoesNotContain("no-collector", _role.Timers);
    }

    [Theory]
    [InlineData("seed", 13ul, 9L, 8)]
    [InlineData("weights version", 11ul, 8L, 8)]
    [InlineData("number of decisions", 11ul, 9L, 9)]
    public void An_episode_that_does_not_match_its_request_is_refused_and_its_collector_fenced(
        string what, ulong seed, long version, int decisions)
    {
        _role.Tell(s_order);
        var sent = Deliver(Claim("a"), "a", Played(seed, version, decisions));
        Assert.Contains($"its {what} is", Assert.Single(sent.OfType<EpisodeWithdrawn>()).Reason);
        Assert.Single(sent.OfType<EpisodesWanted>());
        Assert.Contains("seed 11 that a delivered cannot be used", Assert.Single(_role.Warnings));
        Assert.IsType<NothingToPlay>(Assert.Single(_role.Tell(new ClaimEpisode("this-run", "a"))));
        Deliver(Claim("b"), "b", Played(12));
        var again = Claim("b");
        Assert.Equal((11ul, 2L), (again.Request.Seed, again.Id.Epoch));
        Assert.Equal(2, Assert.Single(Deliver(again, "b", Played(11)).OfType<EpisodesCollected>()).Episodes.Count);
    }

    [Theory]
    [InlineData(2, 0, 64, "is 2, but actions must lie in [-1, 1]")]
    [InlineData(0, 1, 64, "its actions have 2 numbers, but must have 1")]
    [InlineData(0, 0, 32, "its images are 32x32, but must be 64x64")]
    public void An_episode_that_could_not_enter_the_replay_is_refused(float action, int further, int side, string reason)
    {
        _role.Tell(s_order);
        var (rows, size) = (9, 1 + further);
        var episode = new Episode(
            EpisodeName.Create(_time, 11), new ImageShape(side, side), size, new byte[rows * side * side * 3],
            [.. new float[(rows * size) - 1], action], new float[rows], seed: 11, weightsVersion: 9);
        Assert.Contains(
            reason, Assert.Single(Deliver(Claim("a"), "a", episode).OfType<EpisodeWithdrawn>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_episode_are_refused()
    {
        _role.Tell(s_order);
        Assert.Single(Deliver(Claim("a"), "a", "20260101T000000-0123456789abcdef", [1, 2, 3]).OfType<EpisodeWithdrawn>());
        Assert.Contains("cannot be used", Assert.Single(_role.Warnings));
    }

    [Fact]
    public void An_episode_that_no_collector_can_play_ends_the_run_with_the_reason()
    {
        _role.Tell(s_order);
        for (var attempt = 1; attempt < EpisodeClaim.MaxFailures; attempt++)
        {
            var claims = new[] { Claim("a"), Claim("b") };
            Assert.Equal([11ul, 12ul], claims.Select(claim => claim.Request.Seed));
            _role.Tell(new EpisodeReturned(claims[0].Id, "a", "MuJoCo is not installed."));
            _role.Tell(new EpisodeReturned(claims[1].Id, "b", "MuJoCo is not installed."));
        }

        var last = Claim("a");
        var failure = Assert.Throws<RunException>(() => _role.Tell(new EpisodeReturned(last.Id, "a", "MuJoCo is not installed.")));
        Assert.Contains("seed 11 3 times", failure.Message);
        Assert.Contains("a: MuJoCo is not installed", failure.Message);
        Assert.True(RunSupervision.IsFinal(failure));
    }

    [Fact]
    public void A_collector_that_stops_renewing_loses_its_episode_and_its_old_claim_is_fenced()
    {
        _role.Tell(s_order);
        var frozen = Claim("a");
        Assert.Single(_role.Fire("lease 0").OfType<EpisodesWanted>());
        Assert.Contains("a did not renew its claim for 20 s: its episode of seed 11", Assert.Single(_role.Warnings));
        var other = Claim("b");
        Assert.Equal((frozen.Request, 2L), (other.Request, other.Id.Epoch));
        Assert.IsType<EpisodeWithdrawn>(Assert.Single(_role.Tell(new RenewEpisode(frozen.Id, "a"))));
        Assert.IsType<EpisodeWithdrawn>(Assert.Single(Deliver(frozen, "a", Played(11))));
        Assert.Empty(_role.Tell(new EpisodeReturned(frozen.Id, "a", "too late")));
        Assert.IsType<EpisodeHeld>(Assert.Single(_role.Tell(new RenewEpisode(other.Id, "b"))));
        Assert.Equal([new EpisodeTaken(other.Id)], Deliver(other, "b", Played(11)));
    }

    [Fact]
    public void Lost_answers_are_repeated()
    {
        _role.Tell(s_order);
        var claimed = Claim("a");
        Assert.Equal(claimed, Claim("a"));
        Deliver(claimed, "a", Played(11));
        Assert.Equal([new EpisodeTaken(claimed.Id)], Deliver(claimed, "a", Played(11)));
    }

    [Fact]
    public void A_torn_transfer_is_resumed_with_the_chunks_that_are_missing()
    {
        _role.Tell(s_order);
        var claimed = Claim("a");
        var episode = Played(11);
        var source = new BlobSource(claimed.Id.Transfer, BlobKind.Episode, EpisodeFile.ToBytes(episode));
        var played = new EpisodePlayed(claimed.Id, "a", episode.Name, source.Offer);
        var request = Assert.IsType<BlobChunkRequest>(Assert.Single(_role.Tell(played)));
        Assert.Equal([request], _role.Fire("chunk 0"));
        Assert.Equal([request], _role.Tell(played));
        Assert.Equal([new EpisodeTaken(claimed.Id)], source.Answer(request).SelectMany(_role.Tell));
    }

    [Fact]
    public void A_file_that_never_arrives_ends_the_claim_and_not_the_run()
    {
        _role.Tell(s_order);
        var claimed = Claim("a");
        _role.Tell(new EpisodePlayed(claimed.Id, "a", "name", new BlobSource("x", BlobKind.Episode, new byte[100]).Offer));
        while (_role.Timers.Contains("chunk 0"))
        {
            _role.Fire("chunk 0");
        }

        Assert.Contains("no new chunk", Assert.Single(_role.Warnings));
        _role.Fire("lease 0");
        Assert.Equal(2, Claim("b").Id.Epoch);
    }

    [Fact]
    public void Abandoned_episodes_are_withdrawn()
    {
        _role.Tell(s_order);
        var claimed = Claim("a");
        Assert.Equal(claimed.Id, Assert.Single(_role.Tell(new AbandonEpisodes()).OfType<EpisodeWithdrawn>()).Id);
        Assert.IsType<NothingToPlay>(Assert.Single(_role.Tell(new ClaimEpisode("this-run", "b"))));
        Assert.IsType<EpisodeWithdrawn>(Assert.Single(_role.Tell(new RenewEpisode(claimed.Id, "a"))));
        _role.Tell(s_order with { Order = 6 });
        Assert.Equal(6, Claim("b").Id.Order);
    }

    [Fact]
    public void The_run_announces_its_episodes_until_each_has_a_collector()
    {
        _role.Tell(s_order);
        Assert.Single(_role.Fire("wanted").OfType<EpisodesWanted>());
        Claim("a");
        Claim("b");
        Assert.Empty(_role.Fire("wanted"));
        Assert.DoesNotContain("wanted", _role.Timers);
    }

    [Fact]
    public void A_warning_is_logged_when_no_collector_claims_an_episode()
    {
        _role.Tell(s_order);
        _role.Fire("no-collector");
        Assert.Contains("planet node --join HOST:PORT --roles collector", Assert.Single(_role.Warnings));
        Claim("a");
        Assert.Contains("no-collector", _role.Timers);
    }

    [Fact]
    public void Stopping_the_role_withdraws_the_claimed_episodes()
    {
        _role.Tell(s_order);
        var claimed = Claim("a");
        Assert.Equal(claimed.Id, Assert.IsType<EpisodeWithdrawn>(Assert.Single(_role.End())).Id);
    }

    private static Episode Played(ulong seed, long version = 9, int decisions = 8)
    {
        var rows = decisions + 1;
        var image = new byte[rows * 64 * 64 * 3];
        var name = $"20260101T000000-{seed:x16}";
        return new Episode(name, new ImageShape(64, 64), 1, image, new float[rows], new float[rows], seed: seed, weightsVersion: version);
    }

    private EpisodeAssigned Claim(string owner) =>
        Assert.IsType<EpisodeAssigned>(Assert.Single(_role.Tell(new ClaimEpisode("this-run", owner))));

    private List<object> Deliver(EpisodeAssigned claimed, string owner, Episode episode) =>
        Deliver(claimed, owner, episode.Name, EpisodeFile.ToBytes(episode));

    // Offers a file and serves its chunks. Returns the other messages of the run.
    private List<object> Deliver(EpisodeAssigned claimed, string owner, string name, byte[] file)
    {
        var source = new BlobSource(claimed.Id.Transfer, BlobKind.Episode, file);
        var others = new List<object>();
        var open = new Queue<object>(_role.Tell(new EpisodePlayed(claimed.Id, owner, name, source.Offer)));
        while (open.TryDequeue(out var message))
        {
            if (message is not BlobChunkRequest request)
            {
                others.Add(message);
                continue;
            }

            foreach (var answer in source.Answer(request).SelectMany(_role.Tell))
            {
                open.Enqueue(answer);
            }
        }

        return others;
    }
}

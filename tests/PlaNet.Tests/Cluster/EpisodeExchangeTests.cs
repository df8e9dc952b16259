using FsCheck;
using FsCheck.Fluent;
using PlaNet.Cluster.Collection;
using PlaNet.Cluster.Stores;
using PlaNet.Runs.Exchange;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;

namespace PlaNet.Tests.Cluster;

/// <summary>One contract for the exchange of episodes in every store.</summary>
[Collection(nameof(Alone))]
public sealed class EpisodeExchangeTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);
    private static readonly RunOffer s_offer = new("it's a run/7", "{}", "threads 1");
    private static readonly EpisodeRequest s_seeds = new(0, RunStep.CollectSeedEpisode, ActingKind.Random, ulong.MaxValue, 2, 0, null);
    private static readonly EpisodeRequest s_planned = new(1, RunStep.Collect, ActingKind.Planner, 12, 0, 0.1 + 0.2, 40);

    [Theory]
    [MemberData(nameof(StorePlace.Kinds), MemberType = typeof(StorePlace))]
    public void Any_sequence_of_changes_means_what_the_reference_says(string kind)
    {
        // What is done, to which ticket or request, and a number for it.
        var change = Gen.Choose(0, 10).SelectMany(_ => Gen.Choose(0, 5), (what, which) => (what, which)).SelectMany(_ => Gen.Choose(-20, 40), (pair, number) => (pair.what, pair.which, number));
        var changes = Gen.ArrayOf(change).Where(list => list.Length > 4).ToArbitrary();
        using var place = StorePlace.Of(kind, server);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(40).WithStartSize(20).WithEndSize(60).WithReplay(20181112, 41).WithQuietOnSuccess(true),
            Prop.ForAll(changes, list => Follow(place, list)));
    }

    [Theory]
    [MemberData(nameof(StorePlace.Kinds), MemberType = typeof(StorePlace))]
    public void A_request_and_its_weights_reach_the_collector_and_the_episode_the_run(string kind)
    {
        using var place = StorePlace.Of(kind, server);
        using var run = EpisodeExchange.Open(place.Open());
        using var collector = EpisodeExchange.Open(place.Open());
        var name = run.Offer(s_offer);
        Assert.Null(collector.Claim("a", s_lease));
        Assert.True(run.Request(name, new Weights(40, new byte[] { 1, 2, 3 }), [s_seeds, s_planned], s_lease));
        var first = collector.Claim("a", s_lease)!;
        var second = collector.Claim("b", s_lease)!;
        Assert.Null(collector.Claim("c", s_lease));
        Assert.Equal((s_seeds, s_planned, name), (first.Request, second.Request, first.Run));
        Assert.Equal(
            [new EpisodeInPlay(s_offer.Name, "a", ulong.MaxValue, null), new EpisodeInPlay(s_offer.Name, "b", 12, 40)], collector.InPlay());
        Assert.Equal(s_offer, collector.Find(name));
        Assert.Equal([1, 2, 3], collector.FindWeights(name, 40)!.Content.ToArray());
        Assert.Null(collector.FindWeights(name, 41));
        Assert.Null(run.Take(name, 1));
        Assert.True(collector.Deliver(second, "an episode", [4, 5]));
        Assert.Equal("a", Assert.Single(run.InPlay()).Owner);
        var delivered = run.Take(name, 1)!;
        Assert.Equal(("an episode", "b"), (delivered.Name, delivered.Owner));
        Assert.Equal([4, 5], delivered.Content);
        run.Close(name);
        Assert.False(collector.Deliver(first, "late", [6]));
        Assert.Null(collector.Find(name));
        Assert.False(run.Request(name, null, [s_seeds], s_lease));
        Assert.Null(run.Look(name, s_lease));
    }

    [Theory]
    [MemberData(nameof(StorePlace.Kinds), MemberType = typeof(StorePlace))]
    public void What_was_claimed_before_the_run_asked_again_is_fenced(string kind)
    {
        using var place = StorePlace.Of(kind, server);
        using var exchange = EpisodeExchange.Open(place.Open());
        var name = exchange.Offer(s_offer);
        exchange.Request(name, null, [s_seeds], s_lease);
        var stale = exchange.Claim("a", s_lease)!;
        exchange.Request(name, null, [s_seeds], s_lease);
        var fresh = exchange.Claim("a", s_lease)!;
        Assert.NotEqual(stale.Id, fresh.Id);
        Assert.False(exchange.Renew(stale, s_lease));
        Assert.False(exchange.Deliver(stale, "stale", [1]));
        Assert.True(exchange.Deliver(fresh, "fresh", [2]));
        Assert.Equal("fresh", exchange.Take(name, 0)!.Name);
    }

    [Theory]
    [MemberData(nameof(StorePlace.Kinds), MemberType = typeof(StorePlace))]
    public void A_collector_takes_only_what_it_can_serve_and_a_dead_run_is_forgotten(string kind)
    {
        using var place = StorePlace.Of(kind, server);
        using var exchange = EpisodeExchange.Open(place.Open());
        var dead = exchange.Offer(s_offer);
        exchange.Request(dead, null, [s_seeds], s_lease);
        Assert.Null(exchange.Claim("a", s_lease, compute: "threads 2"));
        Assert.Null(exchange.Claim("a", s_lease, name: "another/7"));
        Assert.NotNull(exchange.Claim("a", TimeSpan.FromSeconds(1), "threads 1", s_offer.Name));
        place.Time.Now += s_lease;
        Assert.Null(exchange.Claim("b", s_lease));
        Assert.NotNull(exchange.Look(dead, s_lease));
        Assert.NotNull(exchange.Claim("b", s_lease));
        place.Time.Now += TimeSpan.FromDays(8);
        var next = exchange.Offer(s_offer);
        Assert.Null(exchange.Find(dead));
        Assert.NotNull(exchange.Find(next));
    }

    [Theory]
    [MemberData(nameof(StorePlace.Kinds), MemberType = typeof(StorePlace))]
    public async Task Collectors_that_claim_at_once_never_get_the_same_episode(string kind)
    {
        using var place = StorePlace.Of(kind, server);
        using var run = EpisodeExchange.Open(place.Open());
        var name = run.Offer(s_offer);
        run.Request(name, null, [.. Enumerable.Range(0, 60).Select(number => s_seeds with { Number = number })], s_lease);
        var claims = await Task.WhenAll(Enumerable.Range(0, 6).Select(collector => Task.Run(() =>
        {
            using var own = EpisodeExchange.Open(place.Open());
            var mine = new List<int>();
            while (own.Claim($"collector {collector}", s_lease) is { } claim)
            {
                mine.Add(claim.Request.Number);
                Assert.True(own.Deliver(claim, $"episode {claim.Request.Number}", [1]));
            }

            return mine;
        })));
        Assert.Equal(Enumerable.Range(0, 60), claims.SelectMany(mine => mine).Order());
        Assert.All(run.Look(name, s_lease)!, request => Assert.True(request.Delivered));
    }

    [Fact]
    public void A_server_that_is_not_there_passes_and_is_named()
    {
        var address = PostgresAddress.Parse("postgres://me@127.0.0.1:1/grids");
        var failure = Assert.Throws<ExchangeException>(() => EpisodeExchange.Open(PostgresDatabase.At(address)));
        Assert.Contains("127.0.0.1:1", failure.Message);
        Assert.True(failure.IsPassing);
    }

    private static void Follow(StorePlace place, (int What, int Which, int Number)[] changes)
    {
        var exchange = EpisodeExchange.Open(place.Open());
        try
        {
            var start = place.Time.Now;
            var reference = new ReferenceExchange();
            var run = exchange.Offer(s_offer with { Name = Guid.NewGuid().ToString() });
            var only = exchange.Find(run)!.Name;
            var held = new List<(EpisodeClaim Claim, (int, int, int) Ticket)>();
            foreach (var (what, which, number) in changes)
            {
                var seconds = Math.Max(number, 1);
                (EpisodeClaim Claim, (int, int, int) Ticket)? own = held.Count > 0 ? held[which % held.Count] : null;
                switch (what)
                {
                    case 0 or 1:
                        var claim = exchange.Claim($"owner {which}", TimeSpan.FromSeconds(seconds), name: only);
                        var expected = reference.Claim($"owner {which}", seconds);
                        Assert.Equal(
                            expected is { } granted ? (granted.Number, granted.Ticket) : null,
                            claim is null ? default((int, int)?) : (claim.Request.Number, (int)claim.Epoch));
                        if (claim is not null)
                        {
                            held.Insert(0, (claim, expected!.Value));
                        }

                        break;
                    case 2 when own is { } at:
                        Assert.Equal(reference.Renew(at.Ticket, seconds), exchange.Renew(at.Claim, TimeSpan.FromSeconds(seconds)));
                        break;
                    case 3 when own is { } at:
                        Assert.Equal(reference.Deliver(at.Ticket), exchange.Deliver(at.Claim, "an episode", [1]));
                        break;
                    case 4 when own is { } at:
                        Assert.Equal(reference.Fail(at.Ticket), exchange.Fail(at.Claim, "a reason"));
                        break;
                    case 5 when own is { } at:
                        Assert.Equal(reference.Release(at.Ticket), exchange.Release(at.Claim));
                        break;
                    case 6:
                        reference.Request(which, seconds);
                        Assert.True(exchange.Request(
                            run, null, [.. Enumerable.Range(0, which).Select(request => s_seeds with { Number = request })], TimeSpan.FromSeconds(seconds)));
                        break;
                    case 7:
                        reference.Refuse(which);
                        exchange.Refuse(run, which, "a reason");
                        break;
                    case 8:
                        // The clock advances, or jumps back.
                        reference.Now += number;
                        place.Time.Now = start + TimeSpan.FromSeconds(reference.Now);
                        break;
                    case 9 when number > 30:
                        // The process dies; what it held is known to others at most by its tickets.
                        exchange.Dispose();
                        exchange = EpisodeExchange.Open(place.Open());
                        break;
                    case 10:
                        Assert.Equal(
                            reference.Look(seconds),
                            exchange.Look(run, TimeSpan.FromSeconds(seconds))!
                                .Select(request => $"{request.Owner} {request.Epoch} {request.Failures} {request.Delivered}"));
                        break;
                }
            }
        }
        finally
        {
            exchange.Dispose();
        }
    }
}

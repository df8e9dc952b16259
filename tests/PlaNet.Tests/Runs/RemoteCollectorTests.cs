using PlaNet.Cluster.Collection;
using PlaNet.Cluster.Stores;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Exchange;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Cluster;
using PlaNet.Tests.Replay;

namespace PlaNet.Tests.Runs;

/// <summary>The remote collector without a host, over an exchange in a folder: its work is done at once, its timers when they are called.</summary>
public sealed class RemoteCollectorTests : IDisposable
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(60);
    private static readonly Weights s_weights = new(9, new byte[] { 1 });

    private static readonly CollectEpisodes s_order =
        new(5, RunStep.Collect, new RunProgress(), new Acting(ActingKind.Planner, [11, 12], [0, 0], 0.3, s_weights));

    private readonly TemporaryFolder _folder = new();
    private readonly SettableTime _time = new();
    private readonly SilentExchange _exchange;
    private readonly EpisodeExchange _other;
    private readonly Rehearsal _role;
    private readonly Queue<Effect> _waiting = new();
    private readonly List<object> _told = [];
    private readonly List<string> _logged = [];
    private After? _timer;

    public RemoteCollectorTests()
    {
        _exchange = new SilentExchange(EpisodeExchange.Open(SqliteDatabase.Open(_folder.Path, _time)));
        _other = EpisodeExchange.Open(SqliteDatabase.Open(_folder.Path, _time));
        var remote = new RemoteCollection(_exchange, s_lease, TimeSpan.FromSeconds(1));
        _role = new Rehearsal(RemoteCollectorActor.Create(Rehearsal.Parts with { Time = _time }, remote));
        Do(_role.Begun);
    }

    [Fact]
    public void Episodes_that_collectors_deliver_reach_the_run_in_the_order_of_their_seeds()
    {
        Assert.IsType<CollectorReady>(Assert.Single(_told));
        Tell(s_order);
        var first = _other.Claim("a", s_lease)!;
        var second = _other.Claim("b", s_lease)!;
        Assert.Equal(
            [new EpisodeRequest(0, RunStep.Collect, ActingKind.Planner, 11, 0, 0.3, 9), new EpisodeRequest(1, RunStep.Collect, ActingKind.Planner, 12, 0, 0.3, 9)],
            new[] { first.Request, second.Request });
        Assert.Equal(s_weights.Content.ToArray(), _other.FindWeights(first.Run, 9)!.Content.ToArray());
        Deliver(second, Played(12));
        Ring();
        Assert.Single(_told);
        Deliver(first, Played(11));
        _time.Now += TimeSpan.FromSeconds(3);
        Ring();
        var collected = Assert.IsType<EpisodesCollected>(_told[^1]);
        Assert.Equal((5, 3.0), (collected.Order, collected.Seconds));
        Assert.Equal([11ul, 12ul], collected.Episodes.Select(episode => episode.Seed!.Value));
    }

    [Theory]
    [InlineData("seed", 13ul, 9L, 8)]
    [InlineData("weights version", 11ul, 8L, 8)]
    [InlineData("number of decisions", 11ul, 9L, 9)]
    public void An_episode_that_was_not_asked_for_is_refused_said_and_asked_for_again(string what, ulong seed, long version, int decisions)
    {
        Tell(s_order);
        Deliver(_other.Claim("a", s_lease)!, Played(seed, version, decisions));
        Deliver(_other.Claim("a", s_lease)!, Played(12));
        Ring();
        Assert.Single(_told);
        Assert.Contains(_logged, line => line.Contains($"seed 11 that a delivered cannot be used: its {what} is", StringComparison.Ordinal));
        Deliver(_other.Claim("b", s_lease)!, Played(11));
        Ring();
        Assert.Equal(2, Assert.IsType<EpisodesCollected>(_told[^1]).Episodes.Count);
    }

    [Fact]
    public void Bytes_that_are_no_episode_are_refused()
    {
        Tell(s_order);
        _other.Deliver(_other.Claim("a", s_lease)!, "20260101T000000-0123456789abcdef", [1, 2, 3]);
        Deliver(_other.Claim("a", s_lease)!, Played(12));
        Ring();
        Assert.Contains(_logged, line => line.Contains("cannot be used", StringComparison.Ordinal));
        Assert.NotNull(_other.Claim("b", s_lease));
    }

    [Fact]
    public void What_no_collector_can_play_ends_the_run_with_the_reason()
    {
        Tell(s_order);
        for (var attempt = 0; attempt < RequestState.Budget; attempt++)
        {
            while (_other.Claim("a", s_lease) is { } claim)
            {
                _other.Fail(claim, "a: MuJoCo is not installed.");
            }
        }

        var failure = Assert.Throws<RunException>(Ring);
        Assert.Contains("seed 11", failure.Message);
        Assert.Contains("MuJoCo is not installed", failure.Message);
        Assert.True(RunSupervision.IsFinal(failure));
    }

    [Fact]
    public void A_silence_that_passes_is_said_once_and_got_over()
    {
        _exchange.Cause = new ExchangeException("The store is away.", new IOException()) { IsPassing = true };
        Tell(s_order);
        Ring();
        Ring();
        Assert.Equal("The run waits: The store is away.", Assert.Single(_logged));
        _exchange.Cause = null;
        Ring();
        Deliver(_other.Claim("a", s_lease)!, Played(11));
        _exchange.Cause = new ExchangeException("The store is away again.", new IOException()) { IsPassing = true };
        Ring();
        Assert.Equal(2, _logged.Count);
        _exchange.Cause = null;
        Deliver(_other.Claim("a", s_lease)!, Played(12));
        Ring();
        Assert.IsType<EpisodesCollected>(_told[^1]);
    }

    [Fact]
    public void A_silence_that_does_not_pass_is_final()
    {
        _exchange.Cause = new ExchangeException("No such database.", new IOException());
        Assert.True(RunSupervision.IsFinal(Assert.Throws<ExchangeException>(() => Tell(s_order))));
    }

    [Fact]
    public void A_run_that_the_exchange_forgot_is_offered_again_and_its_episodes_asked_for_again()
    {
        Tell(s_order);
        var claim = _other.Claim("a", s_lease)!;
        _other.Close(claim.Run);
        Ring();
        Assert.NotEqual(claim.Run, _other.Claim("a", s_lease)!.Run);
        Assert.Single(_told);
    }

    [Fact]
    public void Abandoned_episodes_are_asked_for_no_more()
    {
        Tell(s_order);
        var claim = _other.Claim("a", s_lease)!;
        Tell(new AbandonEpisodes());
        Assert.Null(_other.Claim("b", s_lease));
        Assert.False(_other.Renew(claim, s_lease));
        Tell(s_order with { Order = 6 });
        Assert.NotNull(_other.Claim("b", s_lease));
    }

    [Fact]
    public void A_person_is_told_when_no_collector_is_there()
    {
        Tell(s_order);
        Ring();
        Assert.Empty(_logged);
        _time.Now += RemoteCollectorActor.Patience;
        Ring();
        Assert.Contains("planet collect --store", Assert.Single(_logged));
        Ring();
        Assert.Single(_logged);
        _other.Claim("a", s_lease);
        _time.Now += RemoteCollectorActor.Patience;
        Ring();
        Assert.Single(_logged);
    }

    [Fact]
    public void The_end_of_the_role_ends_the_offer()
    {
        Tell(s_order);
        var claim = _other.Claim("a", s_lease)!;
        Do(_role.End());
        Assert.Null(_other.Find(claim.Run));
    }

    public void Dispose()
    {
        _exchange.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    private static Episode Played(ulong seed, long version = 9, int decisions = 8)
    {
        var rows = decisions + 1;
        return new Episode(
            $"20260101T000000-{seed:x16}", new ImageShape(64, 64), 1, new byte[rows * 64 * 64 * 3], new float[rows], new float[rows], seed: seed, weightsVersion: version);
    }

    private void Deliver(EpisodeClaim claim, Episode episode) => Assert.True(_other.Deliver(claim, episode.Name, EpisodeFile.ToBytes(episode)));

    private void Tell(object message) => Do(_role.Tell(message));

    // What the timer brings, once it is time.
    private void Ring() => Tell(Assert.IsType<After>(_timer).Message);

    private void Do(IEnumerable<Effect> effects)
    {
        foreach (var effect in effects)
        {
            _waiting.Enqueue(effect);
        }

        while (_waiting.TryDequeue(out var effect))
        {
            switch (effect)
            {
                case Tell tell:
                    _told.Add(tell.Message);
                    break;
                case Log log:
                    _logged.Add(log.Text);
                    break;
                case After after:
                    _timer = after;
                    break;
                case Cancel:
                    _timer = null;
                    break;
                case Run run when Result(run) is { } message:
                    Do(_role.Tell(message));
                    break;
            }
        }
    }

    private static object? Result(Run run)
    {
        try
        {
            return run.Work(CancellationToken.None);
        }
        catch (ExchangeException exception) when (run.Failed is not null)
        {
            return run.Failed(exception);
        }
    }
}

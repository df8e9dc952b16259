using PlaNet.Cluster.Collection;
using PlaNet.Cluster.Stores;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Collecting;
using PlaNet.Runs.Exchange;
using PlaNet.Runs.Messages;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Replay;

namespace PlaNet.Tests.Runs;

/// <summary>A collector in this process, over an exchange in a folder.</summary>
public sealed class CollectorRunTests : IDisposable
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(5);
    private static readonly EpisodeRequest s_request = new(0, RunStep.Collect, ActingKind.Noise, 11, 0, 0.3, null);

    private readonly TemporaryFolder _folder = new();
    private readonly EpisodeExchange _run;
    private readonly SilentExchange _exchange;
    private readonly CancellationTokenSource _interrupt = new();
    private readonly List<CollectorEvent> _events = [];

    public CollectorRunTests()
    {
        _run = EpisodeExchange.Open(SqliteDatabase.Open(_folder.Path, TimeProvider.System));
        _exchange = new SilentExchange(EpisodeExchange.Open(SqliteDatabase.Open(_folder.Path, TimeProvider.System)));
    }

    [Fact]
    public async Task It_plays_what_is_asked_for_and_ends_when_nothing_more_comes()
    {
        var name = Ask(RunOffer.Of(SmallRun.Experiment, 3));
        await Collect(_ => { });
        var delivered = _run.Take(name, 0)!;
        var episode = EpisodeFile.FromBytes(delivered.Name, delivered.Content);
        Assert.Equal((11ul, 9), (episode.Seed, episode.Length));
        Assert.Equal([typeof(EpisodeBegun), .. Enumerable.Repeat(typeof(EpisodeDecision), 8), typeof(EpisodeDelivered)], _events.Select(happened => happened.GetType()));
    }

    [Fact]
    public async Task A_machine_that_cannot_play_tells_the_run_why_and_ends()
    {
        var name = Ask(RunOffer.Of(SmallRun.Experiment, 3));
        var failure = await Assert.ThrowsAsync<RunException>(() => Collect(_ => { }, () => throw new InvalidOperationException("This machine\nhas no simulator.")));
        Assert.Contains("has no simulator", failure.Message);
        var request = Assert.Single(_run.Look(name, s_lease)!);
        Assert.Equal((1, "me: This machine has no simulator.", false), (request.Failures, request.Reason, request.IsHopeless));
    }

    [Fact]
    public async Task A_run_that_this_program_does_not_understand_is_left_to_others_at_once()
    {
        var name = Ask(new RunOffer("newer/1", """{"name": "newer", "model": {"invented_since": 1}}""", "threads 1"));
        var failure = await Assert.ThrowsAsync<ExperimentException>(() => Collect(_ => { }));
        var request = Assert.Single(_run.Look(name, s_lease)!);
        Assert.Equal((1, $"me: {failure.Message}"), (request.Failures, request.Reason));
    }

    [Fact]
    public async Task An_interrupted_collector_gives_its_episode_back()
    {
        var name = Ask(RunOffer.Of(SmallRun.Experiment, 3));
        await Collect(happened =>
        {
            if (happened is EpisodeDecision { Decision: 3 })
            {
                _interrupt.Cancel();
            }
        });
        var request = Assert.Single(_run.Look(name, s_lease)!);
        Assert.Equal(("", 1, 0, false), (request.Owner, request.Epoch, request.Failures, request.Delivered));
    }

    [Fact]
    public async Task An_episode_outlasts_a_silence_of_the_store()
    {
        var name = Ask(RunOffer.Of(SmallRun.Experiment, 3));
        await Collect(happened =>
        {
            _exchange.Cause = happened switch
            {
                EpisodeDecision { Decision: 8 } => new ExchangeException("The store is away.", new IOException()) { IsPassing = true },
                CollectorWarning => null,
                _ => _exchange.Cause,
            };
        });
        Assert.Equal("The collector waits: The store is away.", Assert.Single(_events.OfType<CollectorWarning>()).Message);
        Assert.Equal((1, true), Assert.Single(_run.Look(name, s_lease)!) is var request ? (request.Epoch, request.Delivered) : default);
    }

    [Fact]
    public async Task An_episode_that_the_run_wants_no_more_is_dropped()
    {
        var name = Ask(RunOffer.Of(SmallRun.Experiment, 3));
        await Collect(happened =>
        {
            if (happened is EpisodeDecision { Decision: 8 })
            {
                _run.Request(name, null, [], s_lease);
            }
        });
        Assert.Single(_events.OfType<EpisodeLost>());
        Assert.Empty(_events.OfType<EpisodeDelivered>());
    }

    public void Dispose()
    {
        _run.Dispose();
        _exchange.Dispose();
        _interrupt.Dispose();
        _folder.Dispose();
    }

    private string Ask(RunOffer offer)
    {
        var name = _run.Offer(offer);
        _run.Request(name, null, [s_request], s_lease);
        return name;
    }

    private Task Collect(Action<CollectorEvent> watch, Action? load = null)
    {
        SmallRun.UseOneThread();
        var remote = new RemoteCollection(_exchange, s_lease, TimeSpan.FromMilliseconds(20));
        return CollectorRun.RunAsync(
            new CollectorOptions(remote, "me", TimeSpan.FromSeconds(10)) { Idle = TimeSpan.Zero },
            _ =>
            {
                load?.Invoke();
                return torch.CPU;
            },
            SmallRun.Impatient,
            TimeProvider.System,
            happened =>
            {
                _events.Add(happened);
                watch(happened);
            },
            _interrupt.Token);
    }
}

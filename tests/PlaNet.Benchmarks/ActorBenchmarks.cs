using BenchmarkDotNet.Attributes;
using PlaNet.Actors;
using PlaNet.Actors.Local;

namespace PlaNet.Benchmarks;

/// <summary>What a message costs: asked from outside, told from outside, and told from actor to actor.</summary>
[MemoryDiagnoser]
[InProcess]
public class ActorBenchmarks
{
    private const int Messages = 100_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private LocalHost? _host;
    private ActorRef _echo = ActorRef.None;
    private ActorRef _counter = ActorRef.None;
    private ActorRef _player = ActorRef.None;

    /// <summary>Starts the host and its actors.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _host = new LocalHost();
        var ping = new Ping();
        _echo = _host.Spawn("echo", Props.Of(_ => Next.With(0), (state, message, _) => Next.With(state, new Reply(message))));
        _counter = _host.Spawn("counter", Props.Of(
            _ => Next.With(0),
            (count, message, _) => message is HowMany ? Next.With(count, new Reply(count)) : new Next<int>(count + 1, [])));
        _player = _host.Spawn("player", Props.Of(
            _ => Next.With((Left: 0, Asker: ActorRef.None)),
            (state, message, context) => message switch
            {
                Play play => Next.With((play.Rounds, context.Sender), new Tell(_echo, ping)),
                _ when state.Left == 1 => Next.With(state, new Tell(state.Asker, message)),
                _ => Next.With((state.Left - 1, state.Asker), new Reply(message)),
            }));
    }

    /// <summary>Stops them.</summary>
    [GlobalCleanup]
    public async Task Cleanup() => await _host!.DisposeAsync();

    /// <summary>One ask and its reply.</summary>
    [Benchmark]
    public async Task<object> Ask() => await _host!.AskAsync(_echo, "x", Timeout);

    /// <summary>One message from outside, of many in a row through a mailbox of the default size.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public async Task<object> Tell()
    {
        var message = new Ping();
        for (var i = 0; i < Messages; i++)
        {
            await _host!.TellAsync(_counter, message);
        }

        return await _host!.AskAsync(_counter, new HowMany(), Timeout);
    }

    /// <summary>One message of a rally between two actors.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public async Task<object> Rally() => await _host!.AskAsync(_player, new Play(Messages / 2), Timeout);

    private sealed record Ping;

    private sealed record HowMany;

    private sealed record Play(int Rounds);
}

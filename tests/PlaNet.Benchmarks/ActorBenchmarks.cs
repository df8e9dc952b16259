using Akka.Actor;
using BenchmarkDotNet.Attributes;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Settings;

namespace PlaNet.Benchmarks;

/// <summary>
/// Cost of a message: an ask from outside, a tell from outside, and a tell between actors, each for a behaviour and for a plain Akka actor.
/// </summary>
[MemoryDiagnoser]
[InProcess]
[WarmupCount(3)]
[IterationCount(15)]
public class ActorBenchmarks
{
    private const int Messages = 100_000;
    private const int Asks = 10_000;
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);
    private static readonly Ping s_ping = new();

    private ActorSystem? _system;
    private IActorRef _echo = ActorRefs.Nobody;
    private IActorRef _counter = ActorRefs.Nobody;
    private IActorRef _player = ActorRefs.Nobody;

    /// <summary>True to measure behaviours, false to measure plain Akka actors.</summary>
    [Params(true, false)]
    public bool Behaviors { get; set; }

    /// <summary>Starts the actors.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var settings = HoconSettings.Default;
        var config = Akka.Configuration.ConfigurationFactory.ParseString("akka.loggers = []").WithFallback(settings.Akka);
        _system = ActorSystem.Create("benchmark", config);
        var services = new RoleServices(settings.Planet.Supervision.Restarts, TimeProvider.System, _ => { });
        IActorRef Start(Behavior behavior, Props plain) => _system.ActorOf(Behaviors ? services.Props(new Role(behavior)) : plain);
        _echo = Start(
            Behavior.Of(_ => Next.With(0), (state, message, context) => Next.With(state, new Tell(context.Sender, message))),
            Props.Create(() => new Echo()));
        _counter = Start(
            Behavior.Of(
                _ => Next.With(0),
                (count, message, context) =>
                    message is HowMany ? Next.With(count, new Tell(context.Sender, count)) : new Next<int>(count + 1, [])),
            Props.Create(() => new Counter()));
        _player = Start(
            Behavior.Of(
                _ => Next.With((Left: 0, Asker: _echo)),
                (state, message, context) => message switch
                {
                    Play play => Next.With((play.Rounds, context.Sender), new Tell(_echo, s_ping)),
                    _ when state.Left == 1 => Next.With(state, new Tell(state.Asker, message)),
                    _ => Next.With((state.Left - 1, state.Asker), new Tell(context.Sender, message)),
                }),
            Props.Create(() => new Player(_echo)));
    }

    /// <summary>Stops the actors.</summary>
    [GlobalCleanup]
    public async Task Cleanup() => await _system!.Terminate();

    /// <summary>
    /// One ask and its reply, of many awaited in sequence: a single ask would mostly measure the wake-up of the benchmark's own thread.
    /// </summary>
    [Benchmark(OperationsPerInvoke = Asks)]
    public async Task Ask()
    {
        for (var i = 0; i < Asks; i++)
        {
            await _echo.Ask(s_ping, Timeout);
        }
    }

    /// <summary>One message from outside, of many in a row.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public async Task<int> Tell()
    {
        for (var i = 0; i < Messages; i++)
        {
            _counter.Tell(s_ping, ActorRefs.NoSender);
        }

        return await _counter.Ask<int>(new HowMany(), Timeout);
    }

    /// <summary>One message of a rally between two actors.</summary>
    [Benchmark(OperationsPerInvoke = Messages)]
    public async Task<object> Rally() => await _player.Ask(new Play(Messages / 2), Timeout);

    private sealed record Ping;

    private sealed record HowMany;

    private sealed record Play(int Rounds);

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message, Self);
    }

    private sealed class Counter : UntypedActor
    {
        private int _count;

        protected override void OnReceive(object message)
        {
            if (message is HowMany)
            {
                Sender.Tell(_count, Self);
            }
            else
            {
                _count++;
            }
        }
    }

    private sealed class Player(IActorRef echo) : UntypedActor
    {
        private int _left;
        private IActorRef? _asker;

        protected override void OnReceive(object message)
        {
            if (message is Play play)
            {
                (_left, _asker) = (play.Rounds, Sender);
                echo.Tell(s_ping, Self);
            }
            else if (_left-- == 1)
            {
                _asker!.Tell(message, Self);
            }
            else
            {
                Sender.Tell(message, Self);
            }
        }
    }
}

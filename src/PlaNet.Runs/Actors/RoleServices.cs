using Akka.Actor;

namespace PlaNet.Runs.Actors;

/// <summary>What all actors of a system share. For any thread.</summary>
/// <param name="restarts">How often a role is restarted, and after which pauses.</param>
/// <param name="time">The clock of pauses and timers.</param>
/// <param name="log">Told every line of the log. Must not throw.</param>
/// <param name="seed">Seed of the jitter of pauses.</param>
internal sealed class RoleServices(RestartPolicy restarts, TimeProvider time, Action<LogLine> log, int seed = 0)
{
    private readonly Random _jitter = new(seed);
    private long _restarts;
    private long _deadLetters;
    private long _stale;

    public RestartPolicy Restarts => restarts;

    public TimeProvider Time => time;

    public DeviceThreads Threads { get; } = new();

    public ActorCounts Counts => new(Interlocked.Read(ref _restarts), Interlocked.Read(ref _deadLetters), Interlocked.Read(ref _stale));

    /// <summary>How an actor of a role is made.</summary>
    public Props Props(Role role) => Akka.Actor.Props.Create(() => new BehaviorActor(this, role));

    public void Log(LogLine line) => log(line);

    public void CountRestart() => Interlocked.Increment(ref _restarts);

    public void CountDeadLetter() => Interlocked.Increment(ref _deadLetters);

    public void CountStale() => Interlocked.Increment(ref _stale);

    public double NextUniform()
    {
        lock (_jitter)
        {
            return _jitter.NextDouble();
        }
    }
}

/// <summary>What happened to actors and messages so far.</summary>
/// <param name="Restarts">Restarts of roles.</param>
/// <param name="DeadLetters">Messages that nobody received.</param>
/// <param name="Stale">Messages and results of incarnations that had ended: they were dropped.</param>
public sealed record ActorCounts(long Restarts, long DeadLetters, long Stale);

/// <summary>Names actors as people are told of them.</summary>
internal static class RolePath
{
    /// <summary>The actor's path below the root of its <see cref="RoleSystem"/>, such as "/run/collector/environment-3".</summary>
    public static string Of(IActorRef actor) => "/" + string.Join('/', actor.Path.Elements.Skip(2));
}

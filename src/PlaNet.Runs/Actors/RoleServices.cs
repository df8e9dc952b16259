using Akka.Actor;

namespace PlaNet.Runs.Actors;

/// <summary>Services shared by all actors of a system. Thread-safe.</summary>
/// <param name="restarts">Restart policy of all roles.</param>
/// <param name="time">Clock of backoffs and timers.</param>
/// <param name="log">Receives all lines of the log, on any thread. Must not throw.</param>
/// <param name="seed">Seed of the jitter of backoffs. Default 0.</param>
internal sealed class RoleServices(RestartPolicy restarts, TimeProvider time, Action<LogLine> log, int seed = 0)
{
    private readonly Random _jitter = new(seed);
    private long _restarts;
    private long _deadLetters;
    private long _stale;

    public RestartPolicy Restarts => restarts;

    public TimeProvider Time => time;

    public DeviceThreads Threads { get; } = new();

    public RoleActivities Activities { get; } = new(time);

    public ActorCounts Counts => new(Interlocked.Read(ref _restarts), Interlocked.Read(ref _deadLetters), Interlocked.Read(ref _stale));

    /// <summary>Akka's props for the actor of a role.</summary>
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

/// <summary>Counters of an actor system since its start.</summary>
/// <param name="Restarts">Number of restarts of roles.</param>
/// <param name="DeadLetters">Number of undelivered messages.</param>
/// <param name="Stale">Number of dropped messages and results of ended incarnations.</param>
public sealed record ActorCounts(long Restarts, long DeadLetters, long Stale);

/// <summary>Paths of actors in messages to the user.</summary>
internal static class RolePath
{
    /// <summary>Path of an actor below the root of its <see cref="RoleSystem"/>, such as "/run/collector/environment-3".</summary>
    public static string Of(IActorRef actor) => "/" + string.Join('/', actor.Path.Elements.Skip(2));
}

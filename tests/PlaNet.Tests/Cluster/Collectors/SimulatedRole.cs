using Akka.Event;
using PlaNet.Runs.Actors;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cluster.Collectors;

/// <summary>A role without an actor system: its work runs at once, its timers fire on <see cref="Fire"/>.</summary>
internal sealed class SimulatedRole
{
    private readonly RoleHarness _role;
    private readonly Dictionary<string, object> _timers = new(StringComparer.Ordinal);

    public SimulatedRole(Behavior behavior)
    {
        _role = new RoleHarness(behavior);
        Started = Do(_role.Started);
    }

    /// <summary>The messages that it sent when it started.</summary>
    public IReadOnlyList<object> Started { get; }

    /// <summary>The warnings that it has logged.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>The names of the children that it has started.</summary>
    public List<string> Children { get; } = [];

    /// <summary>The keys of the armed timers.</summary>
    public IEnumerable<string> Timers => _timers.Keys;

    /// <summary>Sends it a message. Returns the messages that it sends to other actors and to its children.</summary>
    public List<object> Tell(object message) => Do(_role.Tell(message));

    /// <summary>Fires a timer. Returns the messages that it sends.</summary>
    public List<object> Fire(string timer)
    {
        Assert.True(_timers.Remove(timer, out var message), $"The timer {timer} is not armed. Armed: {string.Join(", ", _timers.Keys)}.");
        return Tell(message);
    }

    /// <summary>Ends it. Returns the messages that it sends last.</summary>
    public List<object> End() => Do(_role.End());

    private List<object> Do(IReadOnlyList<Effect> effects)
    {
        var sent = new List<object>();
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Run run when Result(run) is { } result:
                    sent.AddRange(Tell(result));
                    break;
                case After after:
                    _timers[after.Key] = after.Message;
                    break;
                case Cancel cancel:
                    _timers.Remove(cancel.Key);
                    break;
                case Tell tell:
                    sent.Add(tell.Message);
                    break;
                case TellChild tell:
                    sent.Add(tell.Message);
                    break;
                case Spawn spawn:
                    Children.Add(spawn.Name);
                    break;
                case Log { Level: LogLevel.WarningLevel } log:
                    Warnings.Add(log.Text);
                    break;
            }
        }

        return sent;
    }

    private static object? Result(Run run)
    {
        try
        {
            return run.Work(CancellationToken.None);
        }
        catch (Exception failure) when (run.Failed?.Invoke(failure) is { } sent)
        {
            return sent;
        }
    }
}

using Akka.Event;
using PlaNet.Runs.Actors;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cluster.Collectors;

/// <summary>A role without an actor system: its work is done at once, its timers when they are called.</summary>
internal sealed class PlayedRole
{
    private readonly Rehearsal _role;
    private readonly Dictionary<string, object> _timers = new(StringComparer.Ordinal);

    public PlayedRole(Behavior behavior)
    {
        _role = new Rehearsal(behavior);
        Begun = Do(_role.Begun);
    }

    /// <summary>What it told others when it began.</summary>
    public IReadOnlyList<object> Begun { get; }

    /// <summary>Warnings it has logged.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Children it has started.</summary>
    public List<string> Children { get; } = [];

    /// <summary>Timers that run.</summary>
    public IEnumerable<string> Timers => _timers.Keys;

    /// <summary>Tells it a message, and gives what it tells others and its children.</summary>
    public List<object> Tell(object message) => Do(_role.Tell(message));

    /// <summary>Has a timer ring.</summary>
    public List<object> Ring(string timer)
    {
        Assert.True(_timers.Remove(timer, out var message), $"The timer {timer} does not run, but {string.Join(", ", _timers.Keys)}.");
        return Tell(message);
    }

    /// <summary>Ends it.</summary>
    public List<object> End() => Do(_role.End());

    private List<object> Do(IReadOnlyList<Effect> effects)
    {
        var told = new List<object>();
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Run run when Result(run) is { } result:
                    told.AddRange(Tell(result));
                    break;
                case After after:
                    _timers[after.Key] = after.Message;
                    break;
                case Cancel cancel:
                    _timers.Remove(cancel.Key);
                    break;
                case Tell tell:
                    told.Add(tell.Message);
                    break;
                case TellChild tell:
                    told.Add(tell.Message);
                    break;
                case Spawn spawn:
                    Children.Add(spawn.Name);
                    break;
                case Log { Level: LogLevel.WarningLevel } log:
                    Warnings.Add(log.Text);
                    break;
            }
        }

        return told;
    }

    private static object? Result(Run run)
    {
        try
        {
            return run.Work(CancellationToken.None);
        }
        catch (Exception failure) when (run.Failed?.Invoke(failure) is { } told)
        {
            return told;
        }
    }
}

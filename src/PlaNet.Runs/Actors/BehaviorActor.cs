using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Event;

namespace PlaNet.Runs.Actors;

/// <summary>What outlives the incarnations of an actor: its parent's strategy and the actor itself hand it to each other, never at once.</summary>
/// <param name="behavior">What the actor does.</param>
internal sealed class Role(Behavior behavior)
{
    public Behavior Behavior => behavior;

    /// <summary>Number of the incarnation, from 1. Akka's own number stays the same over a restart.</summary>
    public int Number { get; set; } = 1;

    /// <summary>When it was restarted, as far as it counts.</summary>
    public System.Collections.Immutable.ImmutableList<TimeSpan> Restarts { get; set; } = [];

    /// <summary>Pause before the next incarnation begins.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>What it failed with for good; null while it has not.</summary>
    public Exception? Failure { get; set; }
}

/// <summary>The one interpreter of behaviours: an actor of Akka's that does the effects of one incarnation.</summary>
/// <remarks>
/// Messages that arrive during the pause before an incarnation begins are stashed for it. What children of an earlier incarnation had told,
/// and results and timers of an earlier incarnation itself, are dropped and counted.
/// </remarks>
#pragma warning disable CA1001 // Akka disposes of no actor; a source that is cancelled and has no timer holds nothing.
internal sealed class BehaviorActor(RoleServices services, Role role) : UntypedActor, IWithStash
#pragma warning restore CA1001
{
    private readonly Dictionary<IActorRef, Role> _children = [];
    private readonly Dictionary<string, (object Ring, ITimer Clock)> _timers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _life = new();
    private readonly int _number = role.Number;
    private Incarnation? _incarnation;
    private ITimer? _pause;

    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;

    private string Name => $"{RolePath.Of(Self)}#{_number}";

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new RestartStrategy(services, role.Behavior.Decide, child => _children.GetValueOrDefault(child));

    /// <inheritdoc/>
    protected override void PreStart() => Self.Tell(new Begin(_number), Self);

    /// <inheritdoc/>
    protected override void PreRestart(Exception reason, object message)
    {
        End();
        role.Number++;
        foreach (var child in Context.GetChildren())
        {
            Context.Stop(child);
        }
    }

    // Akka comes here when the children have ended.
    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        var (self, begin) = (Self, new Begin(_number));
        _pause = services.Time.CreateTimer(_ => self.Tell(begin, self), null, role.Pause, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _pause?.Dispose();
        End();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Begin begin:
                BeginIncarnation(begin);
                break;
            case Terminated gone:
                if (_children.Remove(gone.ActorRef, out var child))
                {
                    Handle(new ChildStopped(gone.ActorRef, child.Failure));
                }

                break;
            case Own own when own.Number != _number:
                services.CountStale();
                break;
            case Own own:
                HandleOwn(own);
                break;
            case var _ when _incarnation is null:
                Stash.Stash();
                break;
            case var _ when !_children.ContainsKey(Sender) && Sender.Path.Parent == Self.Path:
                services.CountStale();
                break;
            default:
                Handle(message);
                break;
        }
    }

    private void BeginIncarnation(Begin begin)
    {
        if (begin.Number == _number && _incarnation is null)
        {
            var incarnation = role.Behavior.CreateIncarnation();
            var effects = incarnation.Begin(ContextOf(ActorRefs.Nobody));
            _incarnation = incarnation;
            Stash.UnstashAll();
            Apply(effects);
        }
    }

    private void HandleOwn(Own own)
    {
        if (own.Timer is { } key)
        {
            if (!_timers.TryGetValue(key, out var timer) || !ReferenceEquals(timer.Ring, own))
            {
                return;
            }

            Cancel(key);
        }

        if (own.Message is WorkFailed failed)
        {
            ExceptionDispatchInfo.Throw(failed.Cause);
        }

        Handle(own.Message);
    }

    private void Handle(object message) => Apply(_incarnation!.Receive(message, ContextOf(Sender)));

    private RoleContext ContextOf(IActorRef sender) => new(Self, sender, Context.Parent);

    private void Apply(IReadOnlyList<Effect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Tell tell:
                    tell.To.Tell(tell.Message, Self);
                    break;
                case TellChild tell:
                    (Context.Child(tell.Child) is var to && to.IsNobody() ? Context.System.DeadLetters : to).Tell(tell.Message, Self);
                    break;
                case Spawn spawn:
                    var child = new Role(spawn.Behavior);
                    _children.Add(Context.Watch(Context.ActorOf(services.Props(child), spawn.Name)), child);
                    break;
                case StopChild stop:
                    Context.Stop(Context.Child(stop.Child));
                    break;
                case After after:
                    Ring(after);
                    break;
                case Cancel cancel:
                    Cancel(cancel.Key);
                    break;
                case Run run:
                    DoWork(run, _life.Token);
                    break;
                case Log log:
                    services.Log(new LogLine(log.Level, Name, log.Text));
                    break;
            }
        }
    }

    private void Ring(After after)
    {
        Cancel(after.Key);
        var (self, ring) = (Self, new Own(_number, after.Message, after.Key));
        _timers[after.Key] = (ring, services.Time.CreateTimer(_ => self.Tell(ring, self), null, after.Delay, Timeout.InfiniteTimeSpan));
    }

    private void Cancel(string key)
    {
        if (_timers.Remove(key, out var timer))
        {
            timer.Clock.Dispose();
        }
    }

    private void DoWork(Run run, CancellationToken life)
    {
        var (self, number) = (Self, _number);
        services.Threads.Post(run.Thread, () =>
        {
            if (life.IsCancellationRequested)
            {
                return;
            }

            object? result;
            var to = run.To;
            try
            {
                result = run.Work(life);
            }
#pragma warning disable CA1031 // Whatever the work throws is for the supervisor.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                (result, to) = (run.Failed?.Invoke(failure) ?? new WorkFailed(failure), null);
            }

            if (life.IsCancellationRequested)
            {
                services.CountStale();
            }
            else if (result is not null)
            {
                (to ?? self).Tell(to is null ? new Own(number, result) : result, self);
            }
        });
    }

    // The incarnation's life is over; what it owned is freed on the threads that used it.
    private void End()
    {
        _life.Cancel();
        foreach (var key in _timers.Keys.ToArray())
        {
            Cancel(key);
        }

        var effects = _incarnation?.End() ?? [];
        _incarnation = null;
        foreach (var effect in effects)
        {
            if (effect is Run run)
            {
                var name = Name;
                DoWork(run with { Work = life => Finish(run, name, life) }, CancellationToken.None);
            }
            else
            {
                Apply([effect]);
            }
        }
    }

    private object? Finish(Run run, string name, CancellationToken life)
    {
        try
        {
            run.Work(life);
        }
#pragma warning disable CA1031 // The incarnation has ended: there is nobody left to supervise.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            services.Log(new LogLine(LogLevel.ErrorLevel, name, $"While it ended: {failure.GetType().Name}: {failure.Message}", failure));
        }

        return null;
    }

    private sealed record Begin(int Number);

    /// <summary>What an incarnation has itself told later: a result of its work, or a timer.</summary>
    private sealed record Own(int Number, object Message, string? Timer = null);

    private sealed record WorkFailed(Exception Cause);
}

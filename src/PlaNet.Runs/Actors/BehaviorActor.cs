using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Event;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Data of an actor that is kept over restarts. The actor and its parent's supervisor strategy access it, but never concurrently.
/// </summary>
/// <param name="behavior">Behaviour of the actor.</param>
internal sealed class Role(Behavior behavior)
{
    public Behavior Behavior => behavior;

    /// <summary>Number of the incarnation, from 1. The UID of an Akka actor does not change on a restart.</summary>
    public int Number { get; set; } = 1;

    /// <summary>Times of the restarts within the window of the restart policy.</summary>
    public System.Collections.Immutable.ImmutableList<TimeSpan> Restarts { get; set; } = [];

    /// <summary>Backoff before the next incarnation begins.</summary>
    public TimeSpan Backoff { get; set; }

    /// <summary>The failure for which the role was stopped; null otherwise.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Counts what the role does; null before its actor exists.</summary>
    public RoleActivity? Activity { get; set; }
}

/// <summary>The interpreter of behaviours: an Akka actor that carries out the effects of one incarnation.</summary>
/// <remarks>
/// Messages that arrive during the backoff before an incarnation begins are stashed. Messages from children of an earlier incarnation, and
/// results and timers of an earlier incarnation, are dropped and counted.
/// </remarks>
#pragma warning disable CA1001 // Akka does not dispose actors, and a cancelled source without a timer holds no resources.
internal sealed class BehaviorActor : UntypedActor, IWithStash
#pragma warning restore CA1001
{
    private readonly RoleServices _services;
    private readonly Role _role;
    private readonly RoleActivity _activity;
    private readonly Dictionary<IActorRef, Role> _children = [];
    private readonly Dictionary<string, (object Message, ITimer Timer)> _timers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _lifetime = new();
    private readonly int _number;
    private Incarnation? _incarnation;
    private ITimer? _backoff;

    // The message that is being handled, and the context of what follows from it.
    private Type _handled = typeof(Begin);
    private ActivityContext _trace;

    public BehaviorActor(RoleServices services, Role role)
    {
        (_services, _role, _number) = (services, role, role.Number);
        _activity = role.Activity ??= services.Activities.Add(Self);
    }

    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;

    private string Name => $"{RolePath.Of(Self)}#{_number}";

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() =>
        new RestartStrategy(_services, _role.Behavior.Decide, child => _children.GetValueOrDefault(child));

    /// <inheritdoc/>
    protected override void PreStart() => Self.Tell(new Begin(_number), Self);

    /// <inheritdoc/>
    protected override void PreRestart(Exception reason, object message)
    {
        End();
        _role.Number++;
        _activity.CountRestart();
        foreach (var child in Context.GetChildren())
        {
            Context.Stop(child);
        }
    }

    // Akka calls this after the children have terminated.
    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        var (self, begin) = (Self, new Begin(_number));
        _backoff = _services.Time.CreateTimer(_ => self.Tell(begin, self), null, _role.Backoff, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _backoff?.Dispose();
        End();
        _services.Activities.Remove(Self);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        // A message that is stashed keeps its context.
        (message, var from) = message is Traced traced ? (traced.Message, traced.Context) : (message, default);
        switch (message)
        {
            case Begin begin:
                BeginIncarnation(begin);
                break;
            case Terminated terminated:
                if (_children.Remove(terminated.ActorRef, out var child))
                {
                    Handle(new ChildStopped(terminated.ActorRef, child.Failure), from);
                }

                break;
            case SelfMessage stale when stale.Number != _number:
                _services.CountStale();
                break;
            case SelfMessage sent:
                HandleSelfMessage(sent, from);
                break;
            case var _ when _incarnation is null:
                Stash.Stash();
                break;
            case var _ when !_children.ContainsKey(Sender) && Sender.Path.Parent == Self.Path:
                _services.CountStale();
                break;
            default:
                Handle(message, from);
                break;
        }
    }

    private void BeginIncarnation(Begin begin)
    {
        if (begin.Number == _number && _incarnation is null)
        {
            var incarnation = _role.Behavior.CreateIncarnation();
            var effects = incarnation.Begin(ContextOf(ActorRefs.Nobody));
            _incarnation = incarnation;
            Stash.UnstashAll();
            Apply(effects);
        }
    }

    private void HandleSelfMessage(SelfMessage sent, ActivityContext from)
    {
        if (sent.Timer is { } key)
        {
            if (!_timers.TryGetValue(key, out var timer) || !ReferenceEquals(timer.Message, sent))
            {
                return;
            }

            Cancel(key);
        }

        if (sent.Message is WorkFailed failed)
        {
            ExceptionDispatchInfo.Throw(failed.Cause);
        }

        Handle(sent.Message, from);
    }

    private void Handle(object message, ActivityContext from)
    {
        var begun = _services.Time.GetTimestamp();
        using var span = ActorTrace.Receive(_activity.Name, message, from, out _trace);
        _handled = message.GetType();
        try
        {
            Apply(_incarnation!.Receive(message, ContextOf(Sender)));
        }
        catch (Exception failure)
        {
            ActorTrace.Fail(span, failure);
            throw;
        }
        finally
        {
            _trace = default;
            _activity.CountMessage(begun);
        }
    }

    private object InTrace(IActorRef to, object message, ActivityContext trace) =>
        trace == default || !_services.Activities.Contains(to) ? message : new Traced(message, trace);

    private RoleContext ContextOf(IActorRef sender) => new(Self, sender, Context.Parent);

    private void Apply(IReadOnlyList<Effect> effects)
    {
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case Tell tell:
                    tell.To.Tell(InTrace(tell.To, tell.Message, _trace), Self);
                    break;
                case TellChild tell:
                    var to = Context.Child(tell.Child) is var named && named.IsNobody() ? Context.System.DeadLetters : named;
                    to.Tell(InTrace(to, tell.Message, _trace), Self);
                    break;
                case Spawn spawn:
                    var child = new Role(spawn.Behavior);
                    var actor = Context.Watch(Context.ActorOf(_services.Props(child), spawn.Name));
                    _children.Add(actor, child);

                    // Before its first message, which may overtake its constructor.
                    _services.Activities.Add(actor);
                    break;
                case StopChild stop:
                    Context.Stop(Context.Child(stop.Child));
                    break;
                case After after:
                    StartTimer(after);
                    break;
                case Cancel cancel:
                    Cancel(cancel.Key);
                    break;
                case Run run:
                    DoWork(run, _lifetime.Token);
                    break;
                case Log log:
                    _services.Log(new LogLine(log.Level, Name, log.Text));
                    break;
            }
        }
    }

    private void StartTimer(After after)
    {
        Cancel(after.Key);
        var (self, message) = (Self, new SelfMessage(_number, after.Message, after.Key));
        _timers[after.Key] = (
            message, _services.Time.CreateTimer(_ => self.Tell(message, self), null, after.Delay, Timeout.InfiniteTimeSpan));
    }

    private void Cancel(string key)
    {
        if (_timers.Remove(key, out var timer))
        {
            timer.Timer.Dispose();
        }
    }

    private void DoWork(Run run, CancellationToken lifetime)
    {
        var (self, number, handled, from) = (Self, _number, _handled, _trace);
        _activity.QueueWork();
        _services.Threads.Post(run.Thread, () =>
        {
            if (lifetime.IsCancellationRequested)
            {
                _activity.SkipWork();
                return;
            }

            object? result;
            var to = run.To;
            var begun = _activity.BeginWork(RoleActivity.Words(handled));
            ActivityContext trace;
            using (var span = ActorTrace.Work(_activity.Name, handled.Name, run.Thread, from, out trace))
            {
                try
                {
                    result = run.Work(lifetime);
                }
#pragma warning disable CA1031 // The supervisor decides about all exceptions of the work.
                catch (Exception failure)
#pragma warning restore CA1031
                {
                    ActorTrace.Fail(span, failure);
                    (result, to) = (run.Failed?.Invoke(failure) ?? new WorkFailed(failure), null);
                }
            }

            _activity.EndWork(begun);
            if (lifetime.IsCancellationRequested)
            {
                _services.CountStale();
            }
            else if (result is not null)
            {
                (to ?? self).Tell(InTrace(to ?? self, to is null ? new SelfMessage(number, result) : result, trace), self);
            }
        });
    }

    // Final work runs on the threads of the role, because its resources may be bound to them.
    private void End()
    {
        _lifetime.Cancel();
        _handled = typeof(EndIncarnation);
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
                DoWork(run with { Work = lifetime => DoFinalWork(run, name, lifetime) }, CancellationToken.None);
            }
            else
            {
                Apply([effect]);
            }
        }
    }

    private object? DoFinalWork(Run run, string name, CancellationToken lifetime)
    {
        try
        {
            run.Work(lifetime);
        }
#pragma warning disable CA1031 // The incarnation has ended, so that no supervisor can handle the exception.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _services.Log(new LogLine(
                LogLevel.ErrorLevel, name, $"The final work failed: {failure.GetType().Name}: {failure.Message}", failure));
        }

        return null;
    }

    private sealed record Begin(int Number);

    /// <summary>Names the final work of an incarnation.</summary>
    private sealed record EndIncarnation;

    /// <summary>A message of an incarnation to itself: a result of its work, or the message of a timer.</summary>
    private sealed record SelfMessage(int Number, object Message, string? Timer = null);

    private sealed record WorkFailed(Exception Cause);
}

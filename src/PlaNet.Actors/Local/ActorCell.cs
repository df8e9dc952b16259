using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace PlaNet.Actors.Local;

/// <summary>
/// One actor of a <see cref="LocalHost"/>: its mailbox, its children and its life. Everything but posting happens on one pump at a time,
/// which borrows a thread of the pool while there is something to do.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Work may hold the token of its life beyond the end; a source without a timer holds nothing.")]
internal sealed class ActorCell : IThreadPoolWorkItem
{
    /// <summary>Messages before the thread is offered to others.</summary>
    private const int Throughput = 64;

    private const string ReceiveTimeoutKey = "\0receive timeout";

    private readonly LocalHost _host;
    private readonly ActorCell? _parent;
    private readonly string _name;
    private readonly Props _props;
    private readonly ActorRef _address;
    private readonly Channel<Envelope> _mailbox;
    private readonly ConcurrentQueue<Envelope> _own = new();
    private readonly ConcurrentQueue<Func<ValueTask>> _commands = new();
    private readonly Queue<(long Position, Envelope Notice)> _notices = new();
    private readonly ConcurrentDictionary<string, ActorCell> _children = new(StringComparer.Ordinal);
    private readonly List<ActorCell> _escalated = [];
    private readonly Dictionary<string, ActorTimer> _timers = new(StringComparer.Ordinal);
    private readonly HashSet<ActorRef> _watchers = [];
    private readonly HashSet<string> _watching = new(StringComparer.Ordinal);
    private volatile ActorRef _self;
    private volatile bool _stopRequested;
    private int _scheduled;
    private Phase _phase = Phase.New;
    private ActorInstance? _instance;
    private CancellationTokenSource _life = new();
    private CancellationTokenSource? _wait;
    private ImmutableList<TimeSpan> _restarts = [];
    private TimeSpan? _idle;
    private Exception? _failure;
    private bool _pauseOver;
    private bool _ownNext;
    private long _taken;

    public ActorCell(LocalHost host, ActorCell? parent, string name, Props props)
    {
        (_host, _parent, _name, _props) = (host, parent, name, props);
        Path = parent is null ? "" : $"{parent.Path}/{name}";
        Born = host.NextIncarnation();
        _self = new ActorRef(Path, Born);
        _address = _self.Address;
        _mailbox = Channel.CreateBounded<Envelope>(
            new BoundedChannelOptions(props.MailboxCapacity ?? host.Settings.Mailboxes.Capacity) { SingleReader = true });
    }

    private enum Phase
    {
        New,
        Running,
        Suspended,
        Restarting,
        Stopping,
        Stopped,
    }

    public string Path { get; }

    /// <summary>Its first incarnation.</summary>
    public long Born { get; }

    /// <summary>Its incarnation now, or the next while it is restarting.</summary>
    public ActorRef Self => _self;

    private bool HasWork =>
        !_commands.IsEmpty || (_phase is Phase.Running or Phase.Stopped && (!_own.IsEmpty || _mailbox.Reader.TryPeek(out _)));

    // ---- From any thread ----

    public void Begin() => Command(BeginAsync);

    /// <summary>Starts a child.</summary>
    /// <returns>Its address; null when this actor is stopping, and so the child never begins.</returns>
    public ActorRef? Spawn(string name, Props props)
    {
        ActorRef.CheckName(name);
        var child = new ActorCell(_host, this, name, props);
        var added = _host.TryAdd(child);
        if (added && !_children.TryAdd(name, child))
        {
            _host.Remove(child);
            added = false;
        }

        if (!added)
        {
            throw new InvalidOperationException($"{child.Path} is there already: choose another name, or wait for its Terminated.");
        }

        // A stop that is requested from here on finds the child among the children.
        if (_stopRequested)
        {
            child.RequestStop(null);
            return null;
        }

        child.Begin();
        return child._address;
    }

    public bool TryPost(in Envelope envelope)
    {
        if (!_mailbox.Writer.TryWrite(envelope))
        {
            return false;
        }

        Schedule();
        return true;
    }

    /// <summary>Waits for room.</summary>
    /// <returns>False when the actor stopped.</returns>
    public async ValueTask<bool> PostAsync(Envelope envelope, CancellationToken cancellation)
    {
        try
        {
            await _mailbox.Writer.WriteAsync(envelope, cancellation);
        }
        catch (ChannelClosedException)
        {
            return false;
        }

        Schedule();
        return true;
    }

    public void RequestStop(Exception? failure)
    {
        _stopRequested = true;
        Command(() => StopAsync(failure));
        Interlocked.Exchange(ref _wait, null)?.Cancel();
    }

    public void AddWatcher(ActorRef watcher) => Command(() =>
    {
        if (_phase == Phase.Stopped)
        {
            _host.Notify(watcher, new Terminated(_address, _failure));
        }
        else
        {
            _watchers.Add(watcher);
        }

        return default;
    });

    public void RemoveWatcher(ActorRef watcher) => Command(() =>
    {
        _watchers.Remove(watcher);
        return default;
    });

    /// <summary>Delivers a <see cref="Terminated"/> after what is in the mailbox now: nobody's end overtakes their last words.</summary>
    public void Notify(Envelope notice) => Command(() =>
    {
        _notices.Enqueue((_taken + _mailbox.Reader.Count, notice));
        return default;
    });

    void IThreadPoolWorkItem.Execute() => _ = PumpAsync();

    private void Command(Func<ValueTask> command)
    {
        _commands.Enqueue(command);
        Schedule();
    }

    private void PostOwn(Envelope envelope)
    {
        _own.Enqueue(envelope);
        Schedule();
    }

    private void Schedule()
    {
        if (Volatile.Read(ref _scheduled) == 0 && Interlocked.Exchange(ref _scheduled, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    // ---- On the pump ----

    private async Task PumpAsync()
    {
        try
        {
            do
            {
                for (var handled = 0; ; handled++)
                {
                    if (handled == Throughput)
                    {
                        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                        return;
                    }

                    if (_commands.TryDequeue(out var command))
                    {
                        await command();
                    }
                    else if (_phase is Phase.Running or Phase.Stopped && TryTake(out var envelope))
                    {
                        await HandleAsync(envelope);
                    }
                    else
                    {
                        break;
                    }
                }

                Interlocked.Exchange(ref _scheduled, 0);
            }
            while (HasWork && Interlocked.Exchange(ref _scheduled, 1) == 0);
        }
        catch (Exception broken)
        {
            // A hook threw, or the host has a fault: there is no supervisor for that.
            _host.TopStopped(broken);
        }
    }

    private bool TryTake(out Envelope envelope)
    {
        if (_notices.TryPeek(out var first) && (first.Position <= _taken || _mailbox.Reader.Count == 0))
        {
            envelope = _notices.Dequeue().Notice;
            return true;
        }

        // In turns, so that an actor that tells itself something all the time still hears the others.
        _ownNext = !_ownNext;
        if (_ownNext && _own.TryDequeue(out envelope))
        {
            return true;
        }

        if (_mailbox.Reader.TryRead(out envelope))
        {
            _taken++;
            return true;
        }

        return _own.TryDequeue(out envelope);
    }

    private async ValueTask HandleAsync(Envelope envelope)
    {
        var (message, sender, incarnation, timer) = envelope;
        if ((incarnation != ActorRef.Any && incarnation != _self.Incarnation) || _host.HasRestartedSince(sender))
        {
            _host.Bury(message, sender, new ActorRef(Path, incarnation), DeadLetterReason.Stale);
            return;
        }

        if (_phase == Phase.Stopped)
        {
            if (message is not Terminated && timer is null)
            {
                _host.Bury(message, sender, _self, DeadLetterReason.NoActor);
            }

            return;
        }

        if (timer is not null && (!_timers.TryGetValue(timer.Key, out var current) || current != timer))
        {
            return;
        }

        if (timer is not null)
        {
            StopTimer(timer.Key);
        }

        switch (message)
        {
            case PoisonPill:
                await StopAsync(null);
                return;
            case WorkFailed failed:
                await FailAsync(failed.Cause);
                return;
            case Terminated terminated when !_watching.Remove(terminated.Actor.Path):
                return;
        }

        try
        {
            var stop = await ApplyAsync(_instance!.Receive(message, new ActorContext(_self, sender, _parent!._address)), sender);
            if (_idle is { } idle)
            {
                StartTimer(ReceiveTimeoutKey, idle, ReceiveTimeout.Instance);
            }

            if (stop)
            {
                await StopAsync(null);
            }
        }
        catch (Exception failure)
        {
            await FailAsync(failure);
        }
    }

    private async ValueTask BeginAsync()
    {
        if (_phase is not (Phase.New or Phase.Restarting))
        {
            return;
        }

        _phase = Phase.Running;
        try
        {
            var instance = _props.CreateInstance();
            var effects = instance.Begin(new ActorContext(_self, ActorRef.None, _parent?._address ?? ActorRef.None));
            _instance = instance;
            if (await ApplyAsync(effects, ActorRef.None))
            {
                await StopAsync(null);
            }
        }
        catch (Exception failure)
        {
            await FailAsync(failure);
        }
    }

    /// <summary>Does what a behaviour wants done.</summary>
    /// <returns>Whether the actor is to stop.</returns>
    private async ValueTask<bool> ApplyAsync(IReadOnlyList<Effect> effects, ActorRef sender)
    {
        var stop = false;
        for (var i = 0; i < effects.Count; i++)
        {
            switch (effects[i])
            {
                case Tell tell:
                    await SendAsync(tell.To, tell.Message);
                    break;
                case Reply reply:
                    await SendAsync(sender, reply.Message);
                    break;
                case Run run:
                    StartWork(run, _self.Incarnation, _life.Token);
                    break;
                case Log log:
                    _host.Log(new LogEntry(log.Severity, _self, log.Text));
                    break;
                case Spawn spawn:
                    Spawn(spawn.Name, spawn.Props);
                    break;
                case Watch watch:
                    _watching.Add(watch.Actor.Path);
                    _host.Watch(watch.Actor, _self);
                    break;
                case Unwatch unwatch:
                    _watching.Remove(unwatch.Actor.Path);
                    _host.Unwatch(unwatch.Actor.Path, _self);
                    break;
                case After after:
                    StartTimer(after.Key, after.Delay, after.Message);
                    break;
                case Cancel cancel:
                    StopTimer(cancel.Key);
                    break;
                case SetReceiveTimeout set:
                    _idle = set.Idle;
                    StopTimer(ReceiveTimeoutKey);
                    if (set.Idle is { } idle)
                    {
                        StartTimer(ReceiveTimeoutKey, idle, ReceiveTimeout.Instance);
                    }

                    break;
                case Stop { Child: null }:
                    stop = true;
                    break;
                case Stop { Child: { } child }:
                    StopChild(child);
                    break;
            }
        }

        return stop;
    }

    private ValueTask SendAsync(ActorRef to, object message)
    {
        var envelope = new Envelope(message, _self, to.Incarnation);
        if (to.Path == Path)
        {
            PostOwn(envelope);
            return default;
        }

        return _host.TrySend(to, envelope) is { } full ? WaitForRoomAsync(full, envelope) : default;
    }

    private async ValueTask WaitForRoomAsync(ActorCell full, Envelope envelope)
    {
        var wait = new CancellationTokenSource(_host.FullWait, _host.Time);
        Interlocked.Exchange(ref _wait, wait);
        if (_stopRequested)
        {
            await wait.CancelAsync();
        }

        try
        {
            if (!await full.PostAsync(envelope, wait.Token))
            {
                _host.Bury(envelope.Message, envelope.Sender, full._self, DeadLetterReason.NoActor);
            }
        }
        catch (OperationCanceledException)
        {
            _host.Bury(envelope.Message, envelope.Sender, full._self, DeadLetterReason.MailboxFull);
        }
        finally
        {
            Interlocked.Exchange(ref _wait, null)?.Dispose();
        }
    }

    private void StartWork(Run run, long incarnation, CancellationToken life)
    {
        var self = _self;
        var accepted = _host.TryRun(run.Thread, () =>
        {
            if (life.IsCancellationRequested)
            {
                return;
            }

            object? message;
            try
            {
                message = Work();
            }
            catch (OperationCanceledException) when (life.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                message = new WorkFailed(failure);
            }

            if (message is not null)
            {
                PostOwn(new Envelope(message, self, incarnation));
            }
        });
        if (!accepted)
        {
            throw new InvalidOperationException($"Thread {run.Thread} is closed: the host has shut down.");
        }

        object? Work()
        {
            try
            {
                return run.Work(life);
            }
            catch (Exception failure) when (run.Failed is not null && !(failure is OperationCanceledException && life.IsCancellationRequested))
            {
                return run.Failed(failure);
            }
        }
    }

    private void StartTimer(string key, TimeSpan delay, object message)
    {
        StopTimer(key);
        var timer = new ActorTimer(key);
        _timers[key] = timer;
        var self = _self;
        timer.Clock = _host.Time.CreateTimer(
            _ => PostOwn(new Envelope(message, self, self.Incarnation, timer)), null, delay, Timeout.InfiniteTimeSpan);
    }

    private void StopTimer(string key)
    {
        if (_timers.Remove(key, out var timer))
        {
            timer.Clock?.Dispose();
        }
    }

    private void StopChild(ActorRef child)
    {
        var name = child.Path.StartsWith($"{Path}/", StringComparison.Ordinal) ? child.Path[(Path.Length + 1)..] : null;
        if (name is null || name.Contains('/', StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{Path} cannot stop {child}, which is not its child: tell it a PoisonPill.");
        }

        if (_children.TryGetValue(name, out var found))
        {
            found.RequestStop(null);
        }
    }

    // ---- Supervision: decided here with the parent's strategy, which is pure, so that no failure waits for a busy parent ----

    private async ValueTask FailAsync(Exception failure)
    {
        if (_phase != Phase.Running)
        {
            return;
        }

        var strategy = _parent?._props.Supervision ?? SupervisorStrategy.Default;
        Directive directive;
        try
        {
            directive = _parent is null ? Directive.Stop : strategy.Decider(failure);
        }
        catch (Exception undecided)
        {
            failure = new AggregateException(failure, undecided);
            directive = Directive.Escalate;
        }

        if (directive == Directive.Resume && _instance is null)
        {
            directive = Directive.Stop;
        }

        _host.Log(new LogEntry(LogSeverity.Error, _self, $"{failure.GetType().Name}: {failure.Message} Decision: {directive}.", failure));
        switch (directive)
        {
            case Directive.Resume:
                ResumeEscalated();
                break;
            case Directive.Restart:
                await RestartAsync(failure, strategy.Restarts ?? _host.Settings.Supervision.Restarts);
                break;
            case Directive.Stop:
                await StopAsync(failure);
                break;
            default:
                _phase = Phase.Suspended;
                _parent!.Command(() => _parent.TakeOverAsync(failure, this));
                break;
        }
    }

    private async ValueTask TakeOverAsync(Exception failure, ActorCell child)
    {
        _escalated.Add(child);
        await FailAsync(failure);
    }

    private void ResumeEscalated()
    {
        foreach (var child in _escalated)
        {
            child.Command(child.ResumeAsync);
        }

        _escalated.Clear();
    }

    private ValueTask ResumeAsync()
    {
        if (_phase != Phase.Suspended)
        {
            return default;
        }

        if (_instance is null)
        {
            return StopAsync(null);
        }

        _phase = Phase.Running;
        ResumeEscalated();
        return default;
    }

    private async ValueTask RestartAsync(Exception failure, RestartPolicy policy)
    {
        var now = _host.Time.GetElapsedTime(0);
        (_restarts, var pause) = policy.Next(_restarts, now, _host.NextUniform());
        if (pause is null)
        {
            _host.Log(new LogEntry(LogSeverity.Error, _self, $"Failed more than {policy.MaxRestarts} times within {policy.Within}: stopped.", failure));
            await StopAsync(failure);
            return;
        }

        EndLife(Phase.Restarting);
        _self = new ActorRef(Path, _host.NextIncarnation());
        _pauseOver = false;
        await ProgressAsync();
        var clock = new ActorTimer("");
        clock.Clock = _host.Time.CreateTimer(
            _ => Command(() =>
            {
                clock.Clock?.Dispose();
                _pauseOver = true;
                return ProgressAsync();
            }),
            null,
            pause.Value,
            Timeout.InfiniteTimeSpan);
    }

    private async ValueTask StopAsync(Exception? failure)
    {
        if (_phase is Phase.Stopping or Phase.Stopped)
        {
            return;
        }

        _stopRequested = true;
        _failure = failure;
        EndLife(Phase.Stopping);
        await ProgressAsync();
    }

    /// <summary>Ends what belongs to the incarnation at once; the behaviour's own end comes when its children have stopped.</summary>
    private void EndLife(Phase phase)
    {
        _phase = phase;
        _ = _life.CancelAsync();
        _life = new CancellationTokenSource();
        _idle = null;
        _escalated.Clear();
        foreach (var key in _timers.Keys.ToArray())
        {
            StopTimer(key);
        }

        foreach (var path in _watching)
        {
            _host.Unwatch(path, _self);
        }

        _watching.Clear();
        foreach (var child in _children.Values)
        {
            child.RequestStop(null);
        }
    }

    private async ValueTask ProgressAsync()
    {
        if (_phase is not (Phase.Restarting or Phase.Stopping) || !_children.IsEmpty)
        {
            return;
        }

        if (_instance is { } ended)
        {
            _instance = null;
            await EndAsync(ended);
        }

        if (_phase == Phase.Stopping)
        {
            Finish();
        }
        else if (_pauseOver)
        {
            _host.CountRestart();
            await BeginAsync();
        }
    }

    private async ValueTask EndAsync(ActorInstance ended)
    {
        try
        {
            foreach (var effect in ended.End())
            {
                switch (effect)
                {
                    case Tell tell:
                        await SendAsync(tell.To, tell.Message);
                        break;
                    case Run run:
                        StartWork(run with { Work = token => Discard(run.Work(token)), Failed = Report }, ActorRef.Any, default);
                        break;
                    case Log log:
                        _host.Log(new LogEntry(log.Severity, _self, log.Text));
                        break;
                }
            }
        }
        catch (Exception failure)
        {
            Report(failure);
        }

        static object? Discard(object? _) => null;

        object Report(Exception failure)
        {
            _host.Log(new LogEntry(LogSeverity.Error, _self, $"While it ended: {failure.GetType().Name}: {failure.Message}", failure));
            return null!;
        }
    }

    private void Finish()
    {
        _phase = Phase.Stopped;
        _host.Remove(this);
        _mailbox.Writer.TryComplete();
        _parent?.Command(() =>
        {
            _parent._children.TryRemove(_name, out _);
            return _parent.ProgressAsync();
        });
        foreach (var watcher in _watchers)
        {
            _host.Notify(watcher, new Terminated(_address, _failure));
        }

        _watchers.Clear();
        if (_parent is null)
        {
            _host.TopStopped(_failure);
        }
    }
}

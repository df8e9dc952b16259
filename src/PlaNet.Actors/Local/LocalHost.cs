using System.Collections.Concurrent;

namespace PlaNet.Actors.Local;

/// <summary>
/// Runs actors in this process, on the thread pool: a bounded channel and a lane for what the host itself sends to each.
/// </summary>
/// <remarks>
/// An actor that tells one whose mailbox is full waits, and handles no message meanwhile: that is the back-pressure. After
/// <see cref="MailboxSettings.FullWaitSeconds"/> the message becomes a dead letter and the actor goes on, so that actors that wait for
/// each other in a circle cannot do so forever. What an actor tells itself, timers and results of its work never wait: the actor
/// itself bounds them.
/// </remarks>
public sealed class LocalHost : IActorHost
{
    private const string AskPath = "/$ask";

    private readonly LocalHostOptions _options;
    private readonly ConcurrentDictionary<string, ActorCell> _cells = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, TaskCompletionSource<object>> _asks = new();
    private readonly Dictionary<string, DeviceThread> _threads = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _termination = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ActorCell _top;
    private readonly Random _jitter;
    private long _incarnations;
    private long _restarts;
    private long _deadLetters;
    private long _stale;

    /// <summary>A host without actors.</summary>
    /// <param name="options">What it is made of; null for the defaults.</param>
    /// <exception cref="ActorSettingsException">A setting breaks its rule.</exception>
    public LocalHost(LocalHostOptions? options = null)
    {
        _options = options ?? new LocalHostOptions();
        _options.Settings.Check();
        ArgumentOutOfRangeException.ThrowIfNegative(_options.Epoch, nameof(options));
        _jitter = new Random(_options.Seed);
        _incarnations = (long)_options.Epoch << 32;
        FullWait = TimeSpan.FromSeconds(Settings.Mailboxes.FullWaitSeconds);
        var inert = Props.Of(_ => Next.With(0), (state, _, _) => Next.With(state)) with { Supervision = _options.Supervision };
        _top = new ActorCell(this, null, "", inert);
        _top.Begin();
    }

    /// <inheritdoc/>
    public Task Termination => _termination.Task;

    /// <inheritdoc/>
    public HostStatistics Statistics =>
        new(_cells.Count, Interlocked.Read(ref _restarts), Interlocked.Read(ref _deadLetters), Interlocked.Read(ref _stale));

    internal ActorSettings Settings => _options.Settings;

    internal TimeProvider Time => _options.Time;

    internal TimeSpan FullWait { get; }

    /// <inheritdoc/>
    public ActorRef Spawn(string name, Props props)
    {
        ArgumentNullException.ThrowIfNull(props);
        return _top.Spawn(name, props) ?? throw new InvalidOperationException($"{name} cannot be spawned: the host is shutting down.");
    }

    /// <inheritdoc/>
    public ValueTask TellAsync(ActorRef to, object message, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(message);
        return TellAsync(to, message, ActorRef.None, cancellation);
    }

    /// <inheritdoc/>
    public async Task<object> AskAsync(ActorRef to, object message, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(message);
        var (sender, reply) = OpenAsk();
        try
        {
            var told = TellAsync(to, message, sender, cancellation);
            if (!told.IsCompletedSuccessfully)
            {
                var start = Time.GetTimestamp();
                await told.AsTask().WaitAsync(timeout, Time, cancellation);
                timeout -= Time.GetElapsedTime(start);
            }

            return await reply.WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, Time, cancellation);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException(
                $"{to} did not answer {message.GetType().Name} in time: see the log for failures and dead letters, or wait longer.", late);
        }
        finally
        {
            _asks.TryRemove(sender.Incarnation, out _);
        }
    }

    /// <inheritdoc/>
    public async Task<Terminated> WatchAsync(ActorRef actor, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(actor);
        var (watcher, ended) = OpenAsk();
        try
        {
            Watch(actor, watcher);
            return (Terminated)await ended.WaitAsync(cancellation);
        }
        finally
        {
            Unwatch(actor.Path, watcher);
            _asks.TryRemove(watcher.Incarnation, out _);
        }
    }

    /// <inheritdoc/>
    public async Task ShutdownAsync(TimeSpan deadline)
    {
        _top.RequestStop(null);
        try
        {
            await StopAllAsync().WaitAsync(deadline, Time);
        }
        catch (TimeoutException passed)
        {
            string[] left;
            lock (_threads)
            {
                var busy = _threads.Values.Where(thread => !thread.Done.IsCompleted).Select(thread => $"thread {thread.Name}");
                left = [.. _cells.Keys.Order(StringComparer.Ordinal), .. busy];
            }

            var late = new TimeoutException($"Not stopped within {deadline.TotalSeconds:0.###} s and abandoned: {string.Join(", ", left)}.", passed);
            _termination.TrySetException(late);
            throw late;
        }
    }

    /// <summary>Shuts down within <see cref="SupervisionSettings.ShutdownSeconds"/>; what is left then is logged.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await ShutdownAsync(TimeSpan.FromSeconds(Settings.Supervision.ShutdownSeconds));
        }
        catch (TimeoutException late)
        {
            Log(new LogEntry(LogSeverity.Error, ActorRef.None, late.Message));
        }
    }

    internal long NextIncarnation() => Interlocked.Increment(ref _incarnations);

    internal double NextUniform()
    {
        lock (_jitter)
        {
            return _jitter.NextDouble();
        }
    }

    internal void Log(LogEntry entry) => _options.Log(entry);

    internal void CountRestart() => Interlocked.Increment(ref _restarts);

    internal void Bury(object message, ActorRef sender, ActorRef receiver, DeadLetterReason reason)
    {
        Interlocked.Increment(ref reason == DeadLetterReason.Stale ? ref _stale : ref _deadLetters);
        _options.DeadLetter(new DeadLetter(message, sender, receiver, reason));
    }

    internal bool TryAdd(ActorCell cell) => _cells.TryAdd(cell.Path, cell);

    internal void Remove(ActorCell cell) => _cells.TryRemove(KeyValuePair.Create(cell.Path, cell));

    /// <summary>Whether the sender was restarted since it told something. One that stopped in order is not fenced: its last words count.</summary>
    internal bool HasRestartedSince(ActorRef sender) =>
        sender.Incarnation != ActorRef.Any && _cells.TryGetValue(sender.Path, out var cell)
        && sender.Incarnation >= cell.Born && sender.Incarnation < cell.Self.Incarnation;

    /// <summary>Sends at once where that needs no waiting.</summary>
    /// <returns>The actor whose mailbox is full; null when the message is on its way or a dead letter.</returns>
    internal ActorCell? TrySend(ActorRef to, in Envelope envelope)
    {
        if (_cells.TryGetValue(to.Path, out var cell))
        {
            return cell.TryPost(envelope) ? null : cell;
        }

        if (to.Path != AskPath)
        {
            Bury(envelope.Message, envelope.Sender, to, DeadLetterReason.NoActor);
        }
        else if (!_asks.TryRemove(to.Incarnation, out var ask)
            || !(envelope.Message is Failure failure ? ask.TrySetException(failure.Cause) : ask.TrySetResult(envelope.Message)))
        {
            Bury(envelope.Message, envelope.Sender, to, DeadLetterReason.NotAsked);
        }

        return null;
    }

    internal void Watch(ActorRef actor, ActorRef watcher)
    {
        if (_cells.TryGetValue(actor.Path, out var cell) && (actor.Incarnation == ActorRef.Any || actor.Incarnation >= cell.Born))
        {
            cell.AddWatcher(watcher);
        }
        else
        {
            Notify(watcher, new Terminated(actor.Address, null));
        }
    }

    internal void Unwatch(string path, ActorRef watcher)
    {
        if (_cells.TryGetValue(path, out var cell))
        {
            cell.RemoveWatcher(watcher);
        }
    }

    internal void Notify(ActorRef watcher, Terminated terminated)
    {
        if (_cells.TryGetValue(watcher.Path, out var cell))
        {
            cell.Notify(new Envelope(terminated, ActorRef.None, watcher.Incarnation));
        }
        else if (_asks.TryRemove(watcher.Incarnation, out var ask))
        {
            ask.TrySetResult(terminated);
        }
    }

    /// <summary>Gives work to the thread of a name, which is started when it is new.</summary>
    /// <returns>False when the host has closed its threads.</returns>
    internal bool TryRun(string thread, Action work)
    {
        lock (_threads)
        {
            if (_stopped.Task.IsCompleted)
            {
                return false;
            }

            if (!_threads.TryGetValue(thread, out var found))
            {
                _threads[thread] = found = new DeviceThread(thread);
            }

            return found.TryPost(work);
        }
    }

    /// <summary>The top has stopped, and so everything has.</summary>
    internal void TopStopped(Exception? failure)
    {
        lock (_threads)
        {
            _stopped.TrySetResult();
            foreach (var thread in _threads.Values)
            {
                thread.Close();
            }
        }

        if (failure is null)
        {
            _termination.TrySetResult();
        }
        else
        {
            _termination.TrySetException(failure);
        }
    }

    private ValueTask TellAsync(ActorRef to, object message, ActorRef sender, CancellationToken cancellation)
    {
        var envelope = new Envelope(message, sender, to.Incarnation);
        return TrySend(to, envelope) is { } full ? WaitForRoomAsync(full, envelope, cancellation) : default;
    }

    private async ValueTask WaitForRoomAsync(ActorCell full, Envelope envelope, CancellationToken cancellation)
    {
        if (!await full.PostAsync(envelope, cancellation))
        {
            Bury(envelope.Message, envelope.Sender, full.Self, DeadLetterReason.NoActor);
        }
    }

    private (ActorRef Asker, Task<object> Reply) OpenAsk()
    {
        var asker = new ActorRef(AskPath, NextIncarnation());
        var reply = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asks[asker.Incarnation] = reply;
        return (asker, reply.Task);
    }

    private async Task StopAllAsync()
    {
        await _stopped.Task;
        Task[] threads;
        lock (_threads)
        {
            threads = [.. _threads.Values.Select(thread => thread.Done)];
        }

        await Task.WhenAll(threads);
    }
}

using System.Threading.Channels;
using PlaNet.Cluster.Stores;
using PlaNet.Replay;
using PlaNet.Runs;

namespace PlaNet.Cluster.Nodes;

/// <summary>
/// Claims cells and runs each in a child process. One loop decides everything, one event after the other: a child ended, it is time for a
/// heartbeat, the user wants to stop. A store that does not answer is asked again at every heartbeat; meanwhile leases are not renewed, and
/// the children stop by themselves before others may take their cells.
/// </summary>
public sealed class Node : IDisposable
{
    // Exit codes of the planet command.
    private const int Success = 0;
    private const int UnusableInput = 2;
    private const int Interrupted = 130;

    private readonly IGridStore _store;
    private readonly NodeOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<NodeEvent> _watch;
    private readonly Channel<object> _events = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
    private readonly IReadOnlyList<IReadOnlyList<int>> _cores;
    private readonly IReadOnlyList<string> _devices;
    private readonly Slot?[] _slots;
    private readonly List<Func<bool>> _unsaid = [];
    private bool _stopping;
    private bool _silent;

    /// <summary>A node that does nothing yet.</summary>
    /// <param name="store">The store.</param>
    /// <param name="options">How it works.</param>
    /// <param name="time">The clock of its heartbeats.</param>
    /// <param name="watch">Told about everything that happens, in order.</param>
    public Node(IGridStore store, NodeOptions options, TimeProvider time, Action<NodeEvent> watch)
    {
        ArgumentNullException.ThrowIfNull(options);
        _store = store;
        _options = options;
        _time = time;
        _watch = watch;
        _cores = CoreShares.Of(CoreShares.Allowed(), options.Workers);
        _devices = options.Device == "cuda" ? CudaDevices.Visible() : [];
        _slots = new Slot?[options.Workers];
    }

    /// <summary>Name of this node.</summary>
    public static string Owner => NodeIdentity.OfThisProcess;

    /// <summary>Works until all is done (<see cref="NodeOptions.UntilDone"/>) or until it is told to stop.</summary>
    /// <param name="interrupt">Tells it to stop: the children save themselves and end, and their cells go back to the queue.</param>
    /// <returns>True when all is done, false when it was told to stop.</returns>
    public async Task<bool> RunAsync(CancellationToken interrupt)
    {
        using var ticks = _time.CreateTimer(_ => _events.Writer.TryWrite(Tick.One), null, _options.Heartbeat, _options.Heartbeat);
        using var stop = interrupt.Register(() => _events.Writer.TryWrite(Halt.One));
        TakeOverFromTheDead();
        while (true)
        {
            if (!_stopping)
            {
                Fill();
            }

            if (Array.TrueForAll(_slots, slot => slot is null) && IsOver())
            {
                return !_stopping;
            }

            switch (await _events.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                case Tick:
                    Beat();
                    break;
                case Halt:
                    Stop();
                    break;
                case Ended ended:
                    Finish(ended.Slot, ended.Code);
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Children that are left end by themselves: their standard input ends with this process at the latest.
        foreach (var slot in _slots)
        {
            slot?.Child?.Stop();
            slot?.Child?.Dispose();
        }
    }

    // Whoever wants to stop does not wait for a store that is silent: a lease ends by itself, and a complete run is found to be complete.
    private bool IsOver() => _stopping ? _unsaid.Count == 0 || _silent : _unsaid.Count == 0 && _options.UntilDone && IsAllDone();

    private void Fill()
    {
        for (var index = 0; index < _slots.Length; index++)
        {
            if (_slots[index] is null)
            {
                if (!Ask(() => _store.Claim(Owner, _options.Lease, _options.Grid), out var held) || held is null)
                {
                    return;
                }

                _slots[index] = new Slot(index, held);
                Begin(_slots[index]!);
            }
        }
    }

    private void Begin(Slot slot)
    {
        var folder = Folder(slot);
        if (HeldFile.IsHeld(folder.LockFile) is true)
        {
            if (!slot.Waiting)
            {
                slot.Waiting = true;
                _watch(new RunHeld(slot.Lease));
            }

            return;
        }

        slot.Waiting = false;
        try
        {
            var experiment = Path.Combine(_options.Runs, ".cells", slot.Lease.Key.Name.Replace('/', '-') + ".json");
            Directory.CreateDirectory(Path.GetDirectoryName(experiment)!);
            AtomicFile.WriteText(experiment, slot.Lease.Cell.Experiment);
            var device = _devices.Count > 1 ? _devices[slot.Index % _devices.Count] : null;
            slot.Child = ChildRun.Start(
                slot.Lease, experiment, _options, _cores[slot.Index], device, code => _events.Writer.TryWrite(new Ended(slot, code)));
            _watch(new RunBegun(slot.Lease));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            Fail(slot, $"the run could not be started: {exception.Message}", _options.Budget);
        }
    }

    private void Beat()
    {
        Say();
        foreach (var slot in _slots.OfType<Slot>())
        {
            if (slot.StopBy <= _time.GetUtcNow())
            {
                slot.Killed = true;
                slot.Child?.Kill();
            }

            if (slot.Lost)
            {
                continue;
            }

            slot.Step = RunFiles.Step(Folder(slot)) ?? slot.Step;
            if (!Ask(() => _store.Heartbeat(slot.Lease, slot.Step, _options.Lease), out var renewed))
            {
                // One that is not reached for one cell is not reached for the next.
                break;
            }

            if (renewed)
            {
                slot.Child?.Renew();
                if (slot.Child is null && !_stopping)
                {
                    Begin(slot);
                }
            }
            else
            {
                slot.Lost = true;
                _watch(new LeaseLost(slot.Lease));
                End(slot);
            }
        }

        if (Ask(() => _store.List(_options.Grid), out var cells))
        {
            _watch(new Standing(GridProgress.Of(cells)));
        }
    }

    private void Stop()
    {
        _stopping = true;
        foreach (var slot in _slots.OfType<Slot>())
        {
            End(slot);
        }
    }

    // Asks a run to stop, or gives up a cell whose run was not begun.
    private void End(Slot slot)
    {
        if (slot.Child is null)
        {
            _slots[slot.Index] = null;
            if (!slot.Lost)
            {
                Release(slot);
            }

            return;
        }

        slot.StopBy = _time.GetUtcNow() + _options.Patience;
        slot.Child.Stop();
    }

    private void Finish(Slot slot, int code)
    {
        var said = slot.Child!.Said;
        slot.Child.Dispose();
        _slots[slot.Index] = null;
        if (slot.Lost)
        {
            return;
        }

        var folder = Folder(slot);
        switch (code)
        {
            case Success:
                Say(
                    () => _store.Complete(slot.Lease),
                    done => _watch(done ? new RunCompleted(slot.Lease) : new LeaseLost(slot.Lease)));
                break;
            case Interrupted:
            case var _ when slot.Killed:
                // One that took too long to save itself has not failed: it resumes from its checkpoint.
                Release(slot);
                break;
            case UnusableInput:
                // What is wrong with the input is still wrong the next time.
                Fail(slot, ExitReason.Of(code, said, RunFiles.Failure(folder)), budget: 1);
                break;
            default:
                Fail(slot, ExitReason.Of(code, said, RunFiles.Failure(folder)), _options.Budget);
                break;
        }
    }

    private void Fail(Slot slot, string reason, int budget)
    {
        _slots[slot.Index] = null;
        Say(
            () => _store.Fail(slot.Lease, reason, budget),
            status => _watch(status is { } now ? new RunFailed(slot.Lease, reason, now) : new LeaseLost(slot.Lease)));
    }

    private void Release(Slot slot) => Say(
        () => _store.Release(slot.Lease.Key, slot.Lease.Owner, slot.Lease.Epoch),
        released => _watch(released ? new RunReleased(slot.Lease) : new LeaseLost(slot.Lease)));

    private bool IsAllDone() => Ask(() => _store.List(_options.Grid), out var cells)
        && !cells.Any(cell => cell.State.Status is CellStatus.Queued or CellStatus.Running);

    // A node of this machine that was killed cannot give its cells back: waiting for its leases to end would only take time.
    private void TakeOverFromTheDead()
    {
        if (Ask(() => _store.List(_options.Grid), out var cells))
        {
            foreach (var (key, _, state, _) in cells.Where(cell => cell.State.Status == CellStatus.Running && NodeIdentity.IsDead(cell.State.Owner)))
            {
                Ask(() => _store.Release(key, state.Owner, state.Epoch), out _);
            }
        }
    }

    private RunFolder Folder(Slot slot) => new(Path.Combine(_options.Runs, slot.Lease.Key.Name));

    // Tells the store what happened, now or as soon as it answers again.
    private void Say<T>(Func<T> tell, Action<T> then)
    {
        _unsaid.Add(() =>
        {
            var told = Ask(tell, out var answer);
            if (told)
            {
                then(answer!);
            }

            return told;
        });
        Say();
    }

    private void Say()
    {
        while (_unsaid.Count > 0 && _unsaid[0]())
        {
            _unsaid.RemoveAt(0);
        }
    }

    private bool Ask<T>(Func<T> question, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T answer)
    {
        try
        {
            answer = question();
            if (_silent)
            {
                _silent = false;
                _watch(new CoordinatorBack());
            }

            return true;
        }
        catch (GridStoreException exception)
        {
            if (!_silent)
            {
                _silent = true;
                _watch(new CoordinatorSilent(exception.Message));
            }

            answer = default;
            return false;
        }
    }

    private sealed record Tick
    {
        public static Tick One { get; } = new();
    }

    private sealed record Halt
    {
        public static Halt One { get; } = new();
    }

    private sealed record Ended(Slot Slot, int Code);

    private sealed class Slot(int index, CellLease lease)
    {
        public int Index { get; } = index;

        public CellLease Lease { get; } = lease;

        public ChildRun? Child { get; set; }

        public bool Waiting { get; set; }

        public bool Lost { get; set; }

        public bool Killed { get; set; }

        public long Step { get; set; }

        public DateTimeOffset StopBy { get; set; } = DateTimeOffset.MaxValue;
    }
}

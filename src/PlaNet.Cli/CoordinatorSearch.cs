namespace PlaNet.Cli;

/// <summary>Stops a node that finds no grid coordinator in time. After the time limit, a late <see cref="Found"/> is ignored.</summary>
internal sealed class CoordinatorSearch : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly ITimer? _timer;
    private int _decided;

    /// <summary>Starts the time limit.</summary>
    /// <param name="wait">Time limit; null for none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="interruption">Other reasons to stop the node.</param>
    public CoordinatorSearch(TimeSpan? wait, TimeProvider time, CancellationToken interruption)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(interruption);
        _timer = wait is { } limit ? time.CreateTimer(_ => Fail(), null, limit, Timeout.InfiniteTimeSpan) : null;
    }

    /// <summary>Cancelled when the node must stop.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether no coordinator was found in time.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Ends the time limit because a coordinator was found.</summary>
    public void Found() => Interlocked.Exchange(ref _decided, 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        _source.Dispose();
    }

    private void Fail()
    {
        if (Interlocked.Exchange(ref _decided, 1) == 1 || _source.IsCancellationRequested)
        {
            return;
        }

        HasFailed = true;
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The node may end while the timer fires.
        }
    }
}

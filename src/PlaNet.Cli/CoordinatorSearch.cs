namespace PlaNet.Cli;

/// <summary>Has a node end that finds no grid coordinator in time. Whatever it is told after that, it does not find one any more.</summary>
internal sealed class CoordinatorSearch : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly ITimer? _timer;
    private int _over;

    /// <summary>Begins to search.</summary>
    /// <param name="wait">How long; null for ever.</param>
    /// <param name="time">The clock.</param>
    /// <param name="interruption">Whatever else ends the node.</param>
    public CoordinatorSearch(TimeSpan? wait, TimeProvider time, CancellationToken interruption)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(interruption);
        _timer = wait is { } limit ? time.CreateTimer(_ => Fail(), null, limit, Timeout.InfiniteTimeSpan) : null;
    }

    /// <summary>Cancelled when the node is to end.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether no coordinator was found in time.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>A coordinator was found.</summary>
    public void Found() => Interlocked.Exchange(ref _over, 1);

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        _source.Dispose();
    }

    private void Fail()
    {
        if (Interlocked.Exchange(ref _over, 1) == 1 || _source.IsCancellationRequested)
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
            // The node ended at the same moment.
        }
    }
}

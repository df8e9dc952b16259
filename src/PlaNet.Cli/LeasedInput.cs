namespace PlaNet.Cli;

/// <summary>
/// A lease on the process, renewed by a line on standard input. It expires when the input ends or no line arrives in time, so the process
/// also stops when the program that started it was killed, frozen or cut off.
/// </summary>
public sealed class LeasedInput : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly ITimer? _expiry;

    private LeasedInput(TextReader input, TimeSpan timeout, TimeProvider time, CancellationToken interruption)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(interruption);
        _expiry = time.CreateTimer(_ => Cancel(), null, timeout, Timeout.InfiniteTimeSpan);

        // A dedicated thread, because the read blocks for the life of the process.
        new Thread(() => ReadRenewals(input, timeout)) { IsBackground = true, Name = "lease" }.Start();
    }

    private LeasedInput(CancellationToken interruption)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(interruption);
    }

    /// <summary>Cancelled when the process must stop.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Starts the lease on standard input.</summary>
    /// <param name="seconds">Seconds after which the lease expires without a renewal, above 0; null for no lease.</param>
    /// <param name="interruption">Other reasons to stop the process.</param>
    /// <exception cref="UnusableInputException">The number of seconds is out of range.</exception>
    public static LeasedInput Watch(double? seconds, CancellationToken interruption) => seconds switch
    {
        null => new LeasedInput(interruption),
        > 0 and < int.MaxValue => Watch(Console.In, TimeSpan.FromSeconds(seconds.Value), TimeProvider.System, interruption),
        _ => throw new UnusableInputException(
            $"--lease {seconds}: must be more than 0 and less than {int.MaxValue} seconds. Give such a number, or leave it out."),
    };

    /// <summary>Starts the lease on a reader.</summary>
    /// <param name="input">Delivers a line for every renewal.</param>
    /// <param name="timeout">Time after which the lease expires without a renewal.</param>
    /// <param name="time">The clock.</param>
    /// <param name="interruption">Other reasons to stop the process.</param>
    public static LeasedInput Watch(TextReader input, TimeSpan timeout, TimeProvider time, CancellationToken interruption)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(time);
        return new LeasedInput(input, timeout, time, interruption);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _expiry?.Dispose();
        _source.Dispose();
    }

    private void ReadRenewals(TextReader input, TimeSpan timeout)
    {
        while (input.ReadLine() is not null)
        {
            if (!_expiry!.Change(timeout, Timeout.InfiniteTimeSpan))
            {
                return;
            }
        }

        Cancel();
    }

    private void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The verb may end while the lease expires.
        }
    }
}

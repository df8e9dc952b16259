namespace PlaNet.Cli;

/// <summary>
/// A process that lives on a lease: it is to stop when the program that started it ends, or says nothing for too long on its standard
/// input. A parent that was killed, frozen or cut off needs no chance to say so.
/// </summary>
public sealed class LeasedInput : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly ITimer? _silence;

    private LeasedInput(TextReader input, TimeSpan silence, TimeProvider time, CancellationToken interruption)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(interruption);
        _silence = time.CreateTimer(_ => Cancel(), null, silence, Timeout.InfiniteTimeSpan);

        // A thread of its own, because it waits for as long as the process lives.
        new Thread(() => Listen(input, silence)) { IsBackground = true, Name = "lease" }.Start();
    }

    private LeasedInput(CancellationToken interruption)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(interruption);
    }

    /// <summary>Cancelled when the process is to stop.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Begins to listen on the standard input, or does nothing without a lease.</summary>
    /// <param name="seconds">Longest silence in seconds, above 0; null for no lease.</param>
    /// <param name="interruption">Whatever else stops the process.</param>
    /// <exception cref="UnusableInputException">The silence is not above 0.</exception>
    public static LeasedInput Watch(double? seconds, CancellationToken interruption) => seconds switch
    {
        null => new LeasedInput(interruption),
        > 0 and < int.MaxValue => Watch(Console.In, TimeSpan.FromSeconds(seconds.Value), TimeProvider.System, interruption),
        _ => throw new UnusableInputException($"--lease {seconds}: a lease lasts longer than 0 seconds. Give another number, or leave it out."),
    };

    /// <summary>Begins to listen.</summary>
    /// <param name="input">Where a line arrives for every renewal.</param>
    /// <param name="silence">Longest silence.</param>
    /// <param name="time">The clock.</param>
    /// <param name="interruption">Whatever else stops the process.</param>
    public static LeasedInput Watch(TextReader input, TimeSpan silence, TimeProvider time, CancellationToken interruption)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(time);
        return new LeasedInput(input, silence, time, interruption);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _silence?.Dispose();
        _source.Dispose();
    }

    private void Listen(TextReader input, TimeSpan silence)
    {
        while (input.ReadLine() is not null)
        {
            if (!_silence!.Change(silence, Timeout.InfiniteTimeSpan))
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
            // The verb ended at the same moment.
        }
    }
}

using System.Runtime.InteropServices;

namespace PlaNet.Cli;

/// <summary>
/// The first Ctrl-C, SIGTERM or SIGHUP asks the running verb to finish cleanly by cancelling <see cref="Token"/>. Those within a second
/// after it are the same wish: <c>timeout</c>, Slurm and Kubernetes signal twice. A later one cancels <see cref="AtOnce"/> and then ends
/// the process as it would without this class.
/// </summary>
public sealed class Interruption : IDisposable
{
    /// <summary>How long after the first signal further ones are part of it: 1 second.</summary>
    public static readonly TimeSpan Repetition = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenSource _atOnce = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long? _first;

    /// <summary>Begins to listen.</summary>
    /// <param name="time">The clock. Default null: the system's.</param>
    public Interruption(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(
                signal => PosixSignalRegistration.Create(signal, context => context.Cancel = Hear())),
        ];
    }

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Cancelled at a later one, just before it ends the process: what is registered here has its last words.</summary>
    public CancellationToken AtOnce => _atOnce.Token;

    /// <summary>Hears a signal.</summary>
    /// <returns>Whether the process continues.</returns>
    public bool Hear()
    {
        lock (_gate)
        {
            if (_first is { } first && _time.GetElapsedTime(first) > Repetition)
            {
                _atOnce.Cancel();
                return false;
            }

            _first ??= _time.GetTimestamp();
        }

        _source.Cancel();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _source.Dispose();
        _atOnce.Dispose();
    }
}

using System.Runtime.InteropServices;

namespace PlaNet.Cli;

/// <summary>
/// The first Ctrl-C, SIGTERM or SIGHUP cancels <see cref="Token"/>, so that the running verb finishes cleanly. Signals within a second
/// after it are ignored, because <c>timeout</c>, Slurm and Kubernetes signal twice. A later signal cancels <see cref="AtOnce"/>, and then
/// its default action ends the process.
/// </summary>
public sealed class Interruption : IDisposable
{
    /// <summary>Time after the first signal within which further signals are ignored: 1 second.</summary>
    public static readonly TimeSpan RepeatWindow = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenSource _atOnce = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long? _first;

    /// <summary>Registers the signal handlers.</summary>
    /// <param name="time">The clock. Default null: the system's.</param>
    public Interruption(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _registrations =
        [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(
                signal => PosixSignalRegistration.Create(signal, context => context.Cancel = HandleSignal())),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Cancelled by a later signal, just before it ends the process; registered callbacks run to completion first.</summary>
    public CancellationToken AtOnce => _atOnce.Token;

    /// <summary>Handles a signal.</summary>
    /// <returns>Whether the process continues.</returns>
    public bool HandleSignal()
    {
        lock (_gate)
        {
            if (_first is { } first && _time.GetElapsedTime(first) > RepeatWindow)
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

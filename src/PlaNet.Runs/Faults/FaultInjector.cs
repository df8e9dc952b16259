using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace PlaNet.Runs.Faults;

/// <summary>Injects the faults of a plan. The roles of a run call it at every fault point. Thread-safe.</summary>
/// <param name="plan">The faults to inject. Visits are not counted if it is empty.</param>
/// <param name="interrupt">Cancelled when the run is to stop; ends injected hangs.</param>
public sealed class FaultInjector(FaultPlan plan, CancellationToken interrupt)
{
    private const int NoSpaceLeft = 28;

    private readonly Dictionary<FaultPoint, Count> _visits = FaultPoint.All.ToDictionary(point => point, _ => new Count());

    /// <summary>Called just before a fault is injected, on the thread that reached the fault point.</summary>
    public Action<Fault>? Fired { get; set; }

    /// <summary>An injector without faults.</summary>
    public static FaultInjector None { get; } = new(FaultPlan.None, CancellationToken.None);

    /// <summary>Counts a visit of a fault point and injects the fault planned for it. May throw, block, or kill the process.</summary>
    /// <param name="point">The fault point that was reached.</param>
    /// <param name="lifetime">Cancelled when the role's incarnation ends; ends injected hangs.</param>
    /// <returns>
    /// A fault that the caller must carry out (<see cref="FaultAction.Torn"/> or <see cref="FaultAction.Nan"/>); null otherwise.
    /// </returns>
    /// <exception cref="InjectedFaultException">A crash is injected.</exception>
    /// <exception cref="IOException">A full disk is injected.</exception>
    /// <exception cref="OperationCanceledException">An injected hang was ended.</exception>
    public Fault? Reach(FaultPoint point, CancellationToken lifetime)
    {
        if (plan.Faults.Count == 0)
        {
            return null;
        }

        var visit = Interlocked.Increment(ref _visits[point].Value);
        var fault = plan.Faults.FirstOrDefault(planned => planned.Point == point && planned.Visit == visit);
        if (fault is null)
        {
            return null;
        }

        Fired?.Invoke(fault);
        switch (fault.Action)
        {
            case FaultAction.Crash:
                throw new InjectedFaultException(fault);
            case FaultAction.Hang:
                Hang(lifetime);
                return null;
            case FaultAction.Kill:
                using (var process = Process.GetCurrentProcess())
                {
                    process.Kill();
                }

                Hang(CancellationToken.None);
                return null;
            case FaultAction.DiskFull:
                throw new IOException($"{Marshal.GetPInvokeErrorMessage(NoSpaceLeft)} : {fault}", NoSpaceLeft);
            default:
                return fault;
        }
    }

    /// <summary>Truncates a file to its first half, as after a power failure, and crashes the role.</summary>
    /// <param name="path">The file to truncate.</param>
    /// <param name="fault">The fault to report.</param>
    /// <exception cref="InjectedFaultException">Always.</exception>
    [DoesNotReturn]
    public static void Tear(string path, Fault fault)
    {
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            stream.SetLength(stream.Length / 2);
        }

        throw new InjectedFaultException(fault);
    }

    private void Hang(CancellationToken lifetime)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime, interrupt);
        either.Token.WaitHandle.WaitOne();
        either.Token.ThrowIfCancellationRequested();
    }

    private sealed class Count
    {
        public int Value;
    }
}

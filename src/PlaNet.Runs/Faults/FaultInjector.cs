using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace PlaNet.Runs.Faults;

/// <summary>Injects the faults of a plan: the roles of a run call it when they reach a point. Thread-safe.</summary>
/// <param name="plan">What is to go wrong. Nothing is counted for an empty plan.</param>
/// <param name="interrupt">Ends what hangs: asks the run to stop.</param>
public sealed class FaultInjector(FaultPlan plan, CancellationToken interrupt)
{
    private const int NoSpaceLeft = 28;

    private readonly Dictionary<FaultPoint, Count> _visits = FaultPoint.All.ToDictionary(point => point, _ => new Count());

    /// <summary>Told about each fault just before it is injected, on the thread that reached it.</summary>
    public Action<Fault>? Fired { get; set; }

    /// <summary>No faults.</summary>
    public static FaultInjector None { get; } = new(FaultPlan.None, CancellationToken.None);

    /// <summary>Says that a point is reached, and lets happen what is to happen there: it may throw, or not come back.</summary>
    /// <param name="point">The point.</param>
    /// <param name="life">Ends what hangs: the life of the role's incarnation.</param>
    /// <returns>The fault where the caller has to do it: <see cref="FaultAction.Torn"/> and <see cref="FaultAction.Nan"/>; null otherwise.</returns>
    /// <exception cref="InjectedFaultException">The role is to crash.</exception>
    /// <exception cref="IOException">The disk is to be full.</exception>
    /// <exception cref="OperationCanceledException">What hung was ended.</exception>
    public Fault? Reach(FaultPoint point, CancellationToken life)
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
                Hang(life);
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

    /// <summary>Leaves the first half of a file, as a disk does that lost its power.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fault">The fault to inject.</param>
    /// <exception cref="InjectedFaultException">Always: the role crashes.</exception>
    [DoesNotReturn]
    public static void Tear(string path, Fault fault)
    {
        using (var stream = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            stream.SetLength(stream.Length / 2);
        }

        throw new InjectedFaultException(fault);
    }

    private void Hang(CancellationToken life)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(life, interrupt);
        either.Token.WaitHandle.WaitOne();
        either.Token.ThrowIfCancellationRequested();
    }

    private sealed class Count
    {
        public int Value;
    }
}

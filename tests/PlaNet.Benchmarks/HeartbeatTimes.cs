using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace PlaNet.Benchmarks;

/// <summary>Akka's failure detector, which also records the intervals between heartbeats; one instance per watched node.</summary>
/// <param name="config">Given by Akka.</param>
/// <param name="events">Given by Akka.</param>
internal sealed class HeartbeatTimes(Config config, EventStream events) : PhiAccrualFailureDetector(config, events)
{
    private static readonly Lock s_gate = new();
    private static TimeSpan s_longest;

    // Needs no lock: only the actor that receives heartbeats calls HeartBeat.
    private long? _last;

    /// <inheritdoc />
    public override void HeartBeat()
    {
        if (_last is { } last)
        {
            var gap = Stopwatch.GetElapsedTime(last);
            lock (s_gate)
            {
                s_longest = gap > s_longest ? gap : s_longest;
            }
        }

        _last = Stopwatch.GetTimestamp();
        base.HeartBeat();
    }

    /// <summary>The longest interval between two heartbeats of one node that ended since the last call, over all watched nodes.</summary>
    public static TimeSpan TakeLongest()
    {
        lock (s_gate)
        {
            var longest = s_longest;
            s_longest = TimeSpan.Zero;
            return longest;
        }
    }
}

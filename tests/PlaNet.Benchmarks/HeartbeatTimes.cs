using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace PlaNet.Benchmarks;

/// <summary>The cluster's own failure detector, which notes how long it waited for a heartbeat: one for each node that this one watches.</summary>
/// <param name="config">Given by Akka.</param>
/// <param name="events">Given by Akka.</param>
internal sealed class HeartbeatTimes(Config config, EventStream events) : PhiAccrualFailureDetector(config, events)
{
    private static readonly Lock s_gate = new();
    private static TimeSpan s_longest;

    // Only the actor that hears heartbeats gets here.
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

    /// <summary>The longest time in this process between two heartbeats of one node, where the second came since the last call.</summary>
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

using System.Collections.Immutable;

namespace PlaNet.Runs.Actors;

/// <summary>How often an actor is restarted and after which pauses: exponential back-off with jitter, within a budget.</summary>
/// <param name="MaxRestarts">Restarts within the window; the next failure stops the actor. At least 0.</param>
/// <param name="Within">Length of the window that slides with the time.</param>
/// <param name="MinBackoff">Pause before the first restart within the window; doubles with each.</param>
/// <param name="MaxBackoff">Bound of the doubling.</param>
/// <param name="Jitter">The pause is longer by a random part of itself, up to this fraction, so that actors that failed together do not return together.</param>
public sealed record RestartPolicy(int MaxRestarts, TimeSpan Within, TimeSpan MinBackoff, TimeSpan MaxBackoff, double Jitter)
{
    /// <summary>Decides about one more restart.</summary>
    /// <param name="earlier">When the actor was restarted before, oldest first.</param>
    /// <param name="now">The time on the same clock.</param>
    /// <param name="uniform">A random number in [0, 1).</param>
    /// <returns>The restarts that count from now on and the pause; null for the pause when the budget is used up.</returns>
    public (ImmutableList<TimeSpan> Restarts, TimeSpan? Pause) Next(ImmutableList<TimeSpan> earlier, TimeSpan now, double uniform)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var recent = earlier.RemoveAll(time => now - time >= Within);
        if (recent.Count >= MaxRestarts)
        {
            return (recent, null);
        }

        var pause = Math.Min(MinBackoff.TotalSeconds * Math.Pow(2, recent.Count), MaxBackoff.TotalSeconds);
        return (recent.Add(now), TimeSpan.FromSeconds(pause * (1 + (Jitter * uniform))));
    }
}

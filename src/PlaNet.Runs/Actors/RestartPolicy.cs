using System.Collections.Immutable;

namespace PlaNet.Runs.Actors;

/// <summary>Restart budget and exponential backoff with jitter.</summary>
/// <param name="MaxRestarts">Maximum number of restarts within the window. The next failure stops the actor. At least 0.</param>
/// <param name="Within">Length of the sliding window.</param>
/// <param name="MinBackoff">Backoff before the first restart within the window. It doubles with each restart.</param>
/// <param name="MaxBackoff">Maximum backoff, without jitter.</param>
/// <param name="Jitter">
/// Maximum random extension of a backoff, as a fraction of it, so that actors that failed together do not restart together.
/// </param>
public sealed record RestartPolicy(int MaxRestarts, TimeSpan Within, TimeSpan MinBackoff, TimeSpan MaxBackoff, double Jitter)
{
    /// <summary>Decides about the next restart.</summary>
    /// <param name="earlier">Times of earlier restarts, oldest first.</param>
    /// <param name="now">Current time on the same clock.</param>
    /// <param name="uniform">A uniform random number in [0, 1).</param>
    /// <returns>The restarts within the window, the new one included, and the backoff; null if the budget is exhausted.</returns>
    public (ImmutableList<TimeSpan> Restarts, TimeSpan? Backoff) Next(ImmutableList<TimeSpan> earlier, TimeSpan now, double uniform)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var recent = earlier.RemoveAll(time => now - time >= Within);
        if (recent.Count >= MaxRestarts)
        {
            return (recent, null);
        }

        var backoff = Math.Min(MinBackoff.TotalSeconds * Math.Pow(2, recent.Count), MaxBackoff.TotalSeconds);
        return (recent.Add(now), TimeSpan.FromSeconds(backoff * (1 + (Jitter * uniform))));
    }
}

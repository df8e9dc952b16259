namespace PlaNet.Cluster.Collectors;

/// <summary>
/// How one requested episode stands, and every change it can go through. A change that is not allowed gives null. A claim is fenced by its
/// epoch: nobody changes anything under an old one.
/// </summary>
/// <param name="Owner">The collector that plays it; empty where nobody does.</param>
/// <param name="Epoch">Number of the last claim, from 1; 0 before.</param>
/// <param name="Failures">How often it could not be played, or what was delivered could not be used.</param>
/// <param name="IsDelivered">Whether the episode is there.</param>
/// <param name="Reason">Why it failed last; empty if it never did.</param>
public sealed record EpisodeClaim(string Owner = "", long Epoch = 0, int Failures = 0, bool IsDelivered = false, string Reason = "")
{
    /// <summary>Failures with which an episode is not given out again.</summary>
    public const int Budget = 3;

    /// <summary>Whether it has failed for good.</summary>
    public bool HasExhaustedRetries => Failures >= Budget;

    /// <summary>Whether a claim would be granted.</summary>
    public bool IsFree => !IsDelivered && !HasExhaustedRetries && Owner.Length == 0;

    /// <summary>Whether a collector holds it.</summary>
    /// <param name="owner">The collector.</param>
    /// <param name="epoch">Under which epoch.</param>
    public bool IsHeld(string owner, long epoch) => !IsDelivered && owner.Length > 0 && Owner == owner && Epoch == epoch;

    /// <summary>Gives it to a collector.</summary>
    /// <param name="owner">The collector.</param>
    public EpisodeClaim? Claim(string owner) => IsFree ? this with { Owner = owner, Epoch = Epoch + 1 } : null;

    /// <summary>The claim was not renewed in time, or the collector stops and nothing is wrong.</summary>
    /// <param name="owner">The collector.</param>
    /// <param name="epoch">Under which epoch.</param>
    public EpisodeClaim? Release(string owner, long epoch) => IsHeld(owner, epoch) ? this with { Owner = "" } : null;

    /// <summary>The episode is there.</summary>
    /// <param name="owner">The collector.</param>
    /// <param name="epoch">Under which epoch.</param>
    public EpisodeClaim? Deliver(string owner, long epoch) => IsHeld(owner, epoch) ? this with { IsDelivered = true } : null;

    /// <summary>The collector cannot play it, or the run cannot use what was played; another collector may do better.</summary>
    /// <param name="owner">The collector.</param>
    /// <param name="epoch">Under which epoch.</param>
    /// <param name="reason">Why, on one line.</param>
    public EpisodeClaim? Fail(string owner, long epoch, string reason) =>
        IsHeld(owner, epoch) ? this with { Owner = "", Failures = Failures + 1, Reason = reason } : null;
}

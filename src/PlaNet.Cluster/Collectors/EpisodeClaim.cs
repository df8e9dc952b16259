namespace PlaNet.Cluster.Collectors;

/// <summary>
/// State of the claim on one requested episode, with its transitions. A transition that is not allowed returns null. The epoch is a fencing
/// token: a change under an older epoch is refused.
/// </summary>
/// <param name="Owner">The collector that holds the claim; empty if there is none.</param>
/// <param name="Epoch">Number of the last claim, from 1; 0 before the first.</param>
/// <param name="Failures">Number of failures: the collector could not play the episode, or delivered one that cannot be used.</param>
/// <param name="IsDelivered">Whether the run has the episode.</param>
/// <param name="Reason">The last failure, on one line; empty without a failure.</param>
public sealed record EpisodeClaim(string Owner = "", long Epoch = 0, int Failures = 0, bool IsDelivered = false, string Reason = "")
{
    /// <summary>Failures after which an episode is not assigned again: 3.</summary>
    public const int MaxFailures = 3;

    /// <summary>Whether the episode has failed <see cref="MaxFailures"/> times.</summary>
    public bool HasExhaustedRetries => Failures >= MaxFailures;

    /// <summary>Whether <see cref="Claim"/> would be granted.</summary>
    public bool IsFree => !IsDelivered && !HasExhaustedRetries && Owner.Length == 0;

    /// <summary>Whether a collector holds the claim under an epoch.</summary>
    public bool IsHeld(string owner, long epoch) => !IsDelivered && owner.Length > 0 && Owner == owner && Epoch == epoch;

    /// <summary>Assigns the episode to a collector under the next epoch.</summary>
    public EpisodeClaim? Claim(string owner) => IsFree ? this with { Owner = owner, Epoch = Epoch + 1 } : null;

    /// <summary>Frees the episode without a failure: the claim expired, or the collector stops.</summary>
    public EpisodeClaim? Release(string owner, long epoch) => IsHeld(owner, epoch) ? this with { Owner = "" } : null;

    /// <summary>Records that the run has the episode.</summary>
    public EpisodeClaim? Deliver(string owner, long epoch) => IsHeld(owner, epoch) ? this with { IsDelivered = true } : null;

    /// <summary>Frees the episode with a failure: the collector could not play it, or delivered one that cannot be used.</summary>
    public EpisodeClaim? Fail(string owner, long epoch, string reason) =>
        IsHeld(owner, epoch) ? this with { Owner = "", Failures = Failures + 1, Reason = reason } : null;
}

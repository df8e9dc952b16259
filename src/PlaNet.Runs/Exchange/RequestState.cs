namespace PlaNet.Runs.Exchange;

/// <summary>
/// How a request stands, and every change it can go through. A change that is not allowed gives null, and nothing is to be stored.
/// A claim is fenced by its epoch: nobody changes a request under an old one.
/// </summary>
/// <param name="Owner">Who plays it; empty where nobody does.</param>
/// <param name="Epoch">Number of the last claim, from 1; 0 before.</param>
/// <param name="LeaseUntil">When the claim ends unless it is renewed.</param>
/// <param name="Failures">How often it could not be played, or what was delivered could not be used.</param>
/// <param name="Delivered">Whether the episode is there.</param>
/// <param name="Reason">Why it failed last; empty if it never did.</param>
public sealed record RequestState(
    string Owner = "", long Epoch = 0, DateTimeOffset LeaseUntil = default, int Failures = 0, bool Delivered = false, string Reason = "")
{
    /// <summary>Failures with which a request is not given out again.</summary>
    public const int Budget = 3;

    /// <summary>Whether it has failed for good.</summary>
    public bool IsHopeless => Failures >= Budget;

    /// <summary>Whether a claim would be granted.</summary>
    /// <param name="now">The exchange's time.</param>
    public bool CanBeClaimed(DateTimeOffset now) => !Delivered && !IsHopeless && (Owner.Length == 0 || LeaseUntil <= now);

    /// <summary>Gives it to a collector.</summary>
    /// <param name="owner">The collector.</param>
    /// <param name="now">The exchange's time.</param>
    /// <param name="lease">How long the claim lasts unless it is renewed.</param>
    public RequestState? Claim(string owner, DateTimeOffset now, TimeSpan lease) =>
        CanBeClaimed(now) ? this with { Owner = owner, Epoch = Epoch + 1, LeaseUntil = now + lease } : null;

    /// <summary>Renews a claim. One that has ended can be renewed as long as nobody else has claimed the request.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="now">The exchange's time.</param>
    /// <param name="lease">How long it lasts unless it is renewed again.</param>
    public RequestState? Renew(EpisodeClaim claim, DateTimeOffset now, TimeSpan lease) => IsHeld(claim) ? this with { LeaseUntil = now + lease } : null;

    /// <summary>The episode is there. Saying so twice changes nothing, because an answer may be lost on its way.</summary>
    /// <param name="claim">The claim.</param>
    public RequestState? Deliver(EpisodeClaim claim) => IsOf(claim) ? this with { Delivered = true } : null;

    /// <summary>The collector cannot play it; another may.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="reason">Why, on one line.</param>
    public RequestState? Fail(EpisodeClaim claim, string reason) =>
        IsHeld(claim) ? this with { Owner = "", Failures = Failures + 1, Reason = reason } : null;

    /// <summary>The collector stops, and nothing is wrong.</summary>
    /// <param name="claim">The claim.</param>
    public RequestState? Release(EpisodeClaim claim) => IsHeld(claim) ? this with { Owner = "" } : null;

    /// <summary>The run cannot use what was delivered.</summary>
    /// <param name="reason">Why, on one line.</param>
    public RequestState? Refuse(string reason) =>
        Delivered ? this with { Owner = "", Delivered = false, Failures = Failures + 1, Reason = reason } : null;

    private bool IsHeld(EpisodeClaim claim) => !Delivered && IsOf(claim);

    private bool IsOf(EpisodeClaim claim) => Owner == claim.Owner && Epoch == claim.Epoch;
}

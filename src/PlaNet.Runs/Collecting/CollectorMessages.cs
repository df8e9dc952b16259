using PlaNet.Runs.Exchange;
using PlaNet.Runs.Messages;

namespace PlaNet.Runs.Collecting;

/// <summary>The exchange was asked for work.</summary>
/// <param name="Assignment">What it gave; null for nothing.</param>
/// <param name="At">When, on the collector's clock.</param>
internal sealed record WorkSought(Assignment? Assignment, long At);

/// <summary>An episode to be played, with all that is needed for it.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Offer">The run.</param>
/// <param name="Parts">What the roles that play are made with, where the run is another than before; otherwise null.</param>
/// <param name="Weights">The weights to plan with; null where nobody plans.</param>
internal sealed record Assignment(EpisodeClaim Claim, RunOffer Offer, ActingParts? Parts, Weights? Weights);

/// <summary>An episode cannot be played here, as the exchange was told.</summary>
/// <param name="Cause">Why.</param>
internal sealed record CannotPlay(Exception Cause);

/// <summary>A claim was renewed, or not.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Held">Whether it still holds.</param>
internal sealed record ClaimRenewed(EpisodeClaim Claim, bool Held);

/// <summary>An episode was offered to the exchange.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Taken">Whether the claim still held.</param>
internal sealed record DeliveryAnswered(EpisodeClaim Claim, bool Taken);

/// <summary>It is time to look for work.</summary>
internal sealed record SeekWork;

/// <summary>It is time to renew the claim.</summary>
internal sealed record RenewClaim;

/// <summary>It is time to deliver again what could not be delivered.</summary>
internal sealed record DeliverAgain;

/// <summary>The exchange gave no answer.</summary>
/// <param name="Cause">Why.</param>
/// <param name="Again">The message to send a while later; null for none.</param>
internal sealed record ExchangeUnanswered(Exception Cause, object? Again);

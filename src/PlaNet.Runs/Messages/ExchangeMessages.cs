using PlaNet.Replay;
using PlaNet.Runs.Exchange;

namespace PlaNet.Runs.Messages;

/// <summary>The exchange knows the run.</summary>
/// <param name="Run">What it calls it.</param>
public sealed record RunOffered(string Run);

/// <summary>The exchange was asked for the episodes of an order.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Known">Whether it still knew the run; if not, nothing was asked for.</param>
/// <param name="At">When, on the run's clock.</param>
public sealed record EpisodesRequested(long Order, bool Known, long At);

/// <summary>How the requests of an order stand.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Requests">The requests by number; null where the exchange does not know the run any more.</param>
/// <param name="At">When, on the run's clock.</param>
public sealed record RequestsSeen(long Order, IReadOnlyList<RequestState>? Requests, long At);

/// <summary>The episodes of an order were taken from the exchange.</summary>
/// <param name="Order">Number of the order.</param>
/// <param name="Episodes">The episodes in the order of the seeds; null where one could not be used and is asked for again.</param>
/// <param name="Refusals">What could not be used, and why.</param>
/// <param name="At">When, on the run's clock.</param>
public sealed record EpisodesTaken(long Order, IReadOnlyList<Episode>? Episodes, IReadOnlyList<string> Refusals, long At);

/// <summary>The exchange gave no answer.</summary>
/// <param name="Cause">Why.</param>
public sealed record ExchangeSilent(Exception Cause);

/// <summary>It is time to poll the exchange again.</summary>
public sealed record PollExchange;

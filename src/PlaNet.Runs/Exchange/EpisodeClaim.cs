namespace PlaNet.Runs.Exchange;

/// <summary>An episode that a collector plays.</summary>
/// <param name="Id">Of the request; never used again.</param>
/// <param name="Run">The run that wants it, as <see cref="IEpisodeExchange.Offer"/> named it.</param>
/// <param name="Owner">Who claimed it.</param>
/// <param name="Epoch">Under which epoch.</param>
/// <param name="Request">What is to be played.</param>
public sealed record EpisodeClaim(long Id, string Run, string Owner, long Epoch, EpisodeRequest Request);

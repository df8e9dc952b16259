namespace PlaNet.Runs.Exchange;

/// <summary>How a run has its episodes played elsewhere.</summary>
/// <param name="Exchange">Where it meets collectors.</param>
/// <param name="Lease">How long a run, or a collector, that is not heard of keeps what it has.</param>
/// <param name="Poll">How often the exchange is asked for news.</param>
public sealed record RemoteCollection(IEpisodeExchange Exchange, TimeSpan Lease, TimeSpan Poll);

namespace PlaNet.Runs.Exchange;

/// <summary>An episode that a collector plays at the moment.</summary>
/// <param name="Run">Name of the run that wants it.</param>
/// <param name="Owner">The collector.</param>
/// <param name="Seed">The episode's seed.</param>
/// <param name="WeightsVersion">Version of the weights that act; null where none do.</param>
public sealed record EpisodeInPlay(string Run, string Owner, ulong Seed, long? WeightsVersion);

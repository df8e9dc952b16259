using PlaNet.Runs.Exchange;

namespace PlaNet.Runs.Collecting;

/// <summary>Something that happened to a collector, told to whoever watches.</summary>
public abstract record CollectorEvent;

/// <summary>An episode was claimed.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Run">Name of the run that wants it.</param>
public sealed record EpisodeBegun(EpisodeClaim Claim, string Run) : CollectorEvent;

/// <summary>A decision was made.</summary>
/// <param name="Decision">Decisions made in the episode, this one included.</param>
/// <param name="Decisions">Decisions of a whole episode.</param>
public sealed record EpisodeDecision(int Decision, int Decisions) : CollectorEvent;

/// <summary>An episode was delivered.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Return">Sum of its rewards.</param>
/// <param name="Seconds">Seconds that playing it took.</param>
public sealed record EpisodeDelivered(EpisodeClaim Claim, double Return, double Seconds) : CollectorEvent;

/// <summary>A claim was lost and what was played of it dropped: another collector has it, or the run wants it no more.</summary>
/// <param name="Claim">The claim.</param>
public sealed record EpisodeLost(EpisodeClaim Claim) : CollectorEvent;

/// <summary>There is nothing to play.</summary>
public sealed record CollectorIdle : CollectorEvent;

/// <summary>Something a person should know, which does not stop the collector.</summary>
/// <param name="Message">What happened and what is done about it.</param>
public sealed record CollectorWarning(string Message) : CollectorEvent;

namespace PlaNet.Cluster.Collectors;

/// <summary>Something that happened to a collector, told to whoever watches.</summary>
public abstract record CollectorEvent;

/// <summary>An episode was claimed.</summary>
/// <param name="Run">Name of the run that wants it.</param>
/// <param name="Epoch">Number of the claim on it, from 1.</param>
/// <param name="Request">What is to be played.</param>
public sealed record EpisodeBegun(string Run, long Epoch, EpisodeRequest Request) : CollectorEvent;

/// <summary>A decision was made.</summary>
/// <param name="Decision">Decisions made in the episode, this one included.</param>
/// <param name="Decisions">Decisions of a whole episode.</param>
public sealed record EpisodeDecision(int Decision, int Decisions) : CollectorEvent;

/// <summary>An episode was delivered.</summary>
/// <param name="Return">Sum of its rewards.</param>
/// <param name="Seconds">Seconds that playing it took.</param>
public sealed record EpisodeDelivered(double Return, double Seconds) : CollectorEvent;

/// <summary>A claim was lost, and what was played of it dropped.</summary>
/// <param name="Reason">Why, on one line.</param>
public sealed record EpisodeLost(string Reason) : CollectorEvent;

/// <summary>There has been nothing to play for a while.</summary>
public sealed record CollectorIdle : CollectorEvent;

/// <summary>Something a person should know, which does not stop the collector.</summary>
/// <param name="Message">What happened and what is done about it.</param>
public sealed record CollectorWarning(string Message) : CollectorEvent;

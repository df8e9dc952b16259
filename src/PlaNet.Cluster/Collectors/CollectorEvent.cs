namespace PlaNet.Cluster.Collectors;

/// <summary>An event of a collector, for its watcher.</summary>
public abstract record CollectorEvent;

/// <summary>An episode was claimed.</summary>
/// <param name="Run">Name of the run that requested it.</param>
/// <param name="Epoch">Number of the claim on it, from 1.</param>
/// <param name="Request">What to play.</param>
public sealed record EpisodeBegun(string Run, long Epoch, EpisodeRequest Request) : CollectorEvent;

/// <summary>A decision was made.</summary>
/// <param name="Decision">Decisions made in the episode, this one included.</param>
/// <param name="Decisions">Decisions of a whole episode.</param>
public sealed record EpisodeDecision(int Decision, int Decisions) : CollectorEvent;

/// <summary>An episode was delivered.</summary>
/// <param name="Return">Sum of its rewards.</param>
/// <param name="Seconds">Time to play it, seconds.</param>
public sealed record EpisodeDelivered(double Return, double Seconds) : CollectorEvent;

/// <summary>A claim was lost, and its unfinished episode was dropped.</summary>
/// <param name="Reason">The cause, on one line.</param>
public sealed record EpisodeLost(string Reason) : CollectorEvent;

/// <summary>The collector has had no episode for 10 seconds.</summary>
public sealed record CollectorIdle : CollectorEvent;

/// <summary>A problem that does not stop the collector.</summary>
/// <param name="Message">What happened and what follows.</param>
public sealed record CollectorWarning(string Message) : CollectorEvent;

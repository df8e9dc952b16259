using PlaNet.Runs.Faults;

namespace PlaNet.Runs.Messages;

/// <summary>Asks the run to stop: the current update is finished, unfinished episodes are dropped, and everything is saved.</summary>
public sealed record InterruptRun;

/// <summary>The metrics role is ready.</summary>
public sealed record MetricsReady;

/// <summary>Orders the metrics role to write an event.</summary>
/// <param name="Number">Sequence number of the event, from 1.</param>
/// <param name="Event">The event to write.</param>
public sealed record WriteEvent(long Number, RunEvent Event);

/// <summary>An event was written.</summary>
/// <param name="Number">Sequence number of the event.</param>
public sealed record EventWritten(long Number);

/// <summary>A fault was injected.</summary>
/// <param name="Fault">The injected fault.</param>
public sealed record FaultFired(Fault Fault);

using PlaNet.Runs.Faults;


namespace PlaNet.Runs.Messages;

/// <summary>Asks the run to stop: what is half done is dropped or finished, whichever is short, and everything is saved.</summary>
public sealed record InterruptRun;

/// <summary>The metrics are there.</summary>
public sealed record MetricsReady;

/// <summary>Has the metrics write an event down.</summary>
/// <param name="Number">Number of the event, rising.</param>
/// <param name="Happened">The event.</param>
public sealed record WriteEvent(long Number, RunEvent Happened);

/// <summary>An event is written down.</summary>
/// <param name="Number">Its number.</param>
public sealed record EventWritten(long Number);

/// <summary>A fault is injected.</summary>
/// <param name="Fault">The fault.</param>
public sealed record FaultFired(Fault Fault);

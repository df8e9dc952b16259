using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>Something that happened on a node, told to whoever watches.</summary>
public abstract record NodeEvent;

/// <summary>A run was started or resumed.</summary>
/// <param name="Lease">The cell.</param>
public sealed record RunBegun(CellLease Lease) : NodeEvent;

/// <summary>A run is complete.</summary>
/// <param name="Lease">The cell.</param>
public sealed record RunCompleted(CellLease Lease) : NodeEvent;

/// <summary>A run ended in an error.</summary>
/// <param name="Lease">The cell.</param>
/// <param name="Reason">Why.</param>
/// <param name="Status">Queued when it is tried again, Failed when not.</param>
public sealed record RunFailed(CellLease Lease, string Reason, CellStatus Status) : NodeEvent;

/// <summary>A run was given back to the queue.</summary>
/// <param name="Lease">The cell.</param>
public sealed record RunReleased(CellLease Lease) : NodeEvent;

/// <summary>The lease on a run was lost: it was cancelled or paused, or another node has it now. The run stops.</summary>
/// <param name="Lease">The cell.</param>
public sealed record LeaseLost(CellLease Lease) : NodeEvent;

/// <summary>Another process still runs the run's directory; the run is begun once it has gone.</summary>
/// <param name="Lease">The cell.</param>
public sealed record RunHeld(CellLease Lease) : NodeEvent;

/// <summary>The coordinator does not answer, or cannot use its ledger; the node keeps retrying.</summary>
/// <param name="Message">Why.</param>
public sealed record CoordinatorSilent(string Message) : NodeEvent;

/// <summary>The coordinator answers again.</summary>
public sealed record CoordinatorBack : NodeEvent;

/// <summary>How all cells stand, at every heartbeat.</summary>
/// <param name="Progress">How far they have come.</param>
public sealed record Standing(GridProgress Progress) : NodeEvent;

using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>An event of a node's worker.</summary>
public abstract record NodeEvent;

/// <summary>A run was started or resumed.</summary>
/// <param name="Lease">The cell.</param>
public sealed record RunBegun(CellLease Lease) : NodeEvent;

/// <summary>A run is complete.</summary>
/// <param name="Lease">The cell.</param>
public sealed record RunCompleted(CellLease Lease) : NodeEvent;

/// <summary>A run ended in an error.</summary>
/// <param name="Lease">The cell.</param>
/// <param name="Reason">Why, on one line.</param>
/// <param name="Status">Queued if the run will be retried, otherwise Failed.</param>
public sealed record RunFailed(CellLease Lease, string Reason, CellStatus Status) : NodeEvent;

/// <summary>A run was given back to the queue.</summary>
/// <param name="Lease">The cell.</param>
public sealed record RunReleased(CellLease Lease) : NodeEvent;

/// <summary>The lease on a cell was lost: the cell was cancelled or paused, or another node has claimed it. The run stops.</summary>
/// <param name="Lease">The cell.</param>
public sealed record LeaseLost(CellLease Lease) : NodeEvent;

/// <summary>Another process still uses the run's directory; the run starts once that process has exited.</summary>
/// <param name="Lease">The cell.</param>
public sealed record RunDirectoryLocked(CellLease Lease) : NodeEvent;

/// <summary>The coordinator does not reply, or cannot use its store; the node keeps retrying.</summary>
/// <param name="Message">Why, on one line.</param>
public sealed record CoordinatorUnavailable(string Message) : NodeEvent;

/// <summary>The coordinator replies again after <see cref="CoordinatorUnavailable"/>.</summary>
public sealed record CoordinatorRecovered : NodeEvent;

/// <summary>The progress of the worker's grid, emitted at every heartbeat.</summary>
/// <param name="Progress">The progress.</param>
public sealed record ProgressUpdated(GridProgress Progress) : NodeEvent;

using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>Asks the roles of a node to stop. A worker's runs save everything and exit, and their cells return to the queue.</summary>
internal sealed record StopWorking;

/// <summary>The heartbeat timer has elapsed: the worker reports to the coordinator.</summary>
internal sealed record ReportDue;

/// <summary>The progress of a worker's runs was read from their run directories.</summary>
/// <param name="Steps">Completed schedule steps by cell; cells without metrics are missing.</param>
internal sealed record StepsRead(IReadOnlyDictionary<CellKey, long> Steps);

/// <summary>The coordinator did not reply to a report in time.</summary>
internal sealed record ReplyTimeout;

/// <summary>The process of a run was started.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record ChildStarted(CellLease Lease);

/// <summary>The process of a run was not started, because another process still uses the run's directory.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record ChildDirectoryLocked(CellLease Lease);

/// <summary>The process of a run could not be started.</summary>
/// <param name="Lease">The cell.</param>
/// <param name="Reason">Why, on one line.</param>
internal sealed record ChildFailed(CellLease Lease, string Reason);

/// <summary>The process of a run has exited.</summary>
/// <param name="Lease">The cell.</param>
/// <param name="Code">Exit code.</param>
/// <param name="Reason">Why it failed, on one line; meaningful only if the exit code means a failure.</param>
internal sealed record ChildEnded(CellLease Lease, int Code, string Reason);

/// <summary>A run that was asked to stop did not exit within <see cref="NodeOptions.StopTimeout"/>.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record StopTimeoutElapsed(CellLease Lease);

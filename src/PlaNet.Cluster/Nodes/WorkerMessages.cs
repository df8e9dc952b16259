using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>Has a worker stop: its runs save themselves and end, and their cells return to the queue.</summary>
internal sealed record StopWorking;

/// <summary>It is time for a report.</summary>
internal sealed record ReportDue;

/// <summary>How far the runs of a worker have come.</summary>
/// <param name="Steps">Steps of its schedule that each cell has done, as far as its run directory says.</param>
internal sealed record StepsRead(IReadOnlyDictionary<CellKey, long> Steps);

/// <summary>No report was answered for a while.</summary>
internal sealed record NoAnswer;

/// <summary>The process of a run was started.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record ChildStarted(CellLease Lease);

/// <summary>Another process still holds the run's directory.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record ChildHeld(CellLease Lease);

/// <summary>The process of a run could not be started.</summary>
/// <param name="Lease">The cell.</param>
/// <param name="Reason">Why.</param>
internal sealed record ChildFailed(CellLease Lease, string Reason);

/// <summary>The process of a run has ended.</summary>
/// <param name="Lease">The cell.</param>
/// <param name="Code">Exit code.</param>
/// <param name="Reason">Why it failed, where the exit code says that it did.</param>
internal sealed record ChildEnded(CellLease Lease, int Code, string Reason);

/// <summary>A run had all the time it is given to save itself.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record PatienceOver(CellLease Lease);

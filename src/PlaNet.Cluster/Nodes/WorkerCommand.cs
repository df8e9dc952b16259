using PlaNet.Cluster.Stores;
using PlaNet.Cluster.Wire;

namespace PlaNet.Cluster.Nodes;

/// <summary>Something that <see cref="WorkerState"/> wants done; <see cref="WorkerActor"/> does it.</summary>
internal abstract record WorkerCommand;

/// <summary>Sends a message to the coordinator. It may be lost: whoever sends it waits for an answer and sends it again.</summary>
/// <param name="Message">The message.</param>
internal sealed record SendToCoordinator(IWireMessage Message) : WorkerCommand;

/// <summary>Has the worker be told <see cref="NoAnswer"/> after a while, or no longer.</summary>
/// <param name="IsDue">Whether an answer is due.</param>
internal sealed record AwaitAnswer(bool IsDue) : WorkerCommand;

/// <summary>Starts the process of a run.</summary>
/// <param name="Lease">The cell.</param>
/// <param name="Slot">Number of the place that it takes.</param>
internal sealed record StartChildRun(CellLease Lease, int Slot) : WorkerCommand;

/// <summary>Tells processes that their leases are renewed.</summary>
/// <param name="Leases">The cells.</param>
internal sealed record RenewChildren(IReadOnlyList<CellLease> Leases) : WorkerCommand;

/// <summary>Asks a process to save everything and end; it is killed when it takes longer than the node's patience.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record StopChildRun(CellLease Lease) : WorkerCommand;

/// <summary>Ends a process at once.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record KillChildRun(CellLease Lease) : WorkerCommand;

/// <summary>Forgets a process that has ended.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record ForgetChildRun(CellLease Lease) : WorkerCommand;

/// <summary>Tells whoever watches.</summary>
/// <param name="Happened">What happened.</param>
internal sealed record EmitEvent(NodeEvent Happened) : WorkerCommand;

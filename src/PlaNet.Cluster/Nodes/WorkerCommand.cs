using PlaNet.Cluster.Stores;
using PlaNet.Cluster.Wire;

namespace PlaNet.Cluster.Nodes;

/// <summary>A command that <see cref="WorkerState"/> issues and <see cref="WorkerActor"/> executes.</summary>
internal abstract record WorkerCommand;

/// <summary>Sends a message to the coordinator. The message may be lost, so the worker sends it again until it gets a reply.</summary>
/// <param name="Message">The message.</param>
internal sealed record SendToCoordinator(IWireMessage Message) : WorkerCommand;

/// <summary>Starts or cancels the timer for <see cref="ReplyTimeout"/>.</summary>
/// <param name="IsPending">Whether a reply is pending.</param>
internal sealed record AwaitReply(bool IsPending) : WorkerCommand;

/// <summary>Starts the process of a run.</summary>
/// <param name="Lease">The cell.</param>
/// <param name="Slot">Index of its slot.</param>
internal sealed record StartChildRun(CellLease Lease, int Slot) : WorkerCommand;

/// <summary>Sends a lease renewal to the processes of these leases.</summary>
/// <param name="Leases">The cells.</param>
internal sealed record RenewChildren(IReadOnlyList<CellLease> Leases) : WorkerCommand;

/// <summary>Asks a process to save everything and exit; it is killed after <see cref="NodeOptions.StopTimeout"/>.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record StopChildRun(CellLease Lease) : WorkerCommand;

/// <summary>Kills a process.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record KillChildRun(CellLease Lease) : WorkerCommand;

/// <summary>Forgets a process that has exited.</summary>
/// <param name="Lease">The cell.</param>
internal sealed record ForgetChildRun(CellLease Lease) : WorkerCommand;

/// <summary>Emits an event.</summary>
/// <param name="Happened">The event.</param>
internal sealed record EmitEvent(NodeEvent Happened) : WorkerCommand;

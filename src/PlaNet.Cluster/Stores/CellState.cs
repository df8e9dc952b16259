using MessagePack;

namespace PlaNet.Cluster.Stores;

/// <summary>The status of a cell of a grid.</summary>
public enum CellStatus
{
    /// <summary>Waiting for a node to claim it.</summary>
    Queued = 0,

    /// <summary>Claimed by a node that holds a lease.</summary>
    Running = 1,

    /// <summary>Complete. This status is final.</summary>
    Done = 2,

    /// <summary>Failed as often as allowed, or for a reason that a retry cannot fix.</summary>
    Failed = 3,

    /// <summary>Cancelled until a user queues it again.</summary>
    Cancelled = 4,

    /// <summary>Paused until a user queues it again.</summary>
    Paused = 5,
}

/// <summary>
/// The state of a cell and its transitions. A transition that is not allowed returns null; nothing must be stored then. The epoch is a
/// fencing token: each claim increments it, and changes under an older epoch are not allowed.
/// </summary>
/// <param name="Status">The status.</param>
/// <param name="Owner">The node that holds the cell or held it last; empty before the first claim.</param>
/// <param name="Epoch">Number of the last claim, from 1; 0 before the first claim.</param>
/// <param name="LeaseUntil">When the lease of a running cell expires.</param>
/// <param name="Failures">
/// Number of runs that ended in an error since the cell was added or a user queued it again. A crash of its node does not count.
/// </param>
/// <param name="Step">Completed steps of its schedule, as last reported.</param>
/// <param name="StepAtClaim">Completed steps at the last claim.</param>
/// <param name="Started">Time of the last claim.</param>
/// <param name="Changed">Time of the last change other than a heartbeat.</param>
/// <param name="Reason">Reason of the last failure; empty if it never failed.</param>
[MessagePackObject]
public sealed record CellState(
    [property: Key(0)] CellStatus Status = CellStatus.Queued,
    [property: Key(1)] string Owner = "",
    [property: Key(2)] long Epoch = 0,
    [property: Key(3)] DateTimeOffset LeaseUntil = default,
    [property: Key(4)] int Failures = 0,
    [property: Key(5)] long Step = 0,
    [property: Key(6)] long StepAtClaim = 0,
    [property: Key(7)] DateTimeOffset Started = default,
    [property: Key(8)] DateTimeOffset Changed = default,
    [property: Key(9)] string Reason = "")
{
    /// <summary>Whether the cell can be claimed: it is queued, or its lease has expired.</summary>
    /// <param name="now">Current time by the store's clock.</param>
    public bool CanBeClaimed(DateTimeOffset now) => Status == CellStatus.Queued || (Status == CellStatus.Running && LeaseUntil <= now);

    /// <summary>A node claims the cell under a new epoch.</summary>
    /// <param name="owner">Name of the node.</param>
    /// <param name="now">Current time by the store's clock.</param>
    /// <param name="lease">Duration of the lease.</param>
    public CellState? Claim(string owner, DateTimeOffset now, TimeSpan lease) => !CanBeClaimed(now) ? null : this with
    {
        Status = CellStatus.Running,
        Owner = owner,
        Epoch = Epoch + 1,
        LeaseUntil = now + lease,
        StepAtClaim = Step,
        Started = now,
        Changed = now,
    };

    /// <summary>Renews the lease. An expired lease can be renewed until another node has claimed the cell.</summary>
    /// <param name="owner">Name of the node that holds the lease.</param>
    /// <param name="epoch">Epoch of the lease.</param>
    /// <param name="step">Completed steps of the schedule.</param>
    /// <param name="now">Current time by the store's clock.</param>
    /// <param name="lease">Duration of the renewed lease.</param>
    public CellState? Heartbeat(string owner, long epoch, long step, DateTimeOffset now, TimeSpan lease) =>
        IsHeldBy(owner, epoch) ? this with { LeaseUntil = now + lease, Step = step } : null;

    /// <summary>The run is complete. Idempotent, because a lost reply causes a retry.</summary>
    /// <param name="owner">Name of the node that holds the lease.</param>
    /// <param name="epoch">Epoch of the lease.</param>
    /// <param name="step">Number of steps of the schedule.</param>
    /// <param name="now">Current time by the store's clock.</param>
    public CellState? Complete(string owner, long epoch, long step, DateTimeOffset now)
    {
        if (Status == CellStatus.Done && Owner == owner && Epoch == epoch)
        {
            return this;
        }

        return IsHeldBy(owner, epoch) ? this with { Status = CellStatus.Done, Step = step, Changed = now } : null;
    }

    /// <summary>The run ended in an error: the cell returns to the queue, or fails permanently once its budget is used up.</summary>
    /// <param name="owner">Name of the node that holds the lease.</param>
    /// <param name="epoch">Epoch of the lease.</param>
    /// <param name="reason">Why, on one line.</param>
    /// <param name="budget">Number of failures after which the cell is not retried any more, at least 1; 1 means no retry.</param>
    /// <param name="now">Current time by the store's clock.</param>
    public CellState? Fail(string owner, long epoch, string reason, int budget, DateTimeOffset now) =>
        !IsHeldBy(owner, epoch) ? null : this with
        {
            Status = Failures + 1 < budget ? CellStatus.Queued : CellStatus.Failed,
            Failures = Failures + 1,
            Reason = reason,
            Changed = now,
        };

    /// <summary>Returns the cell to the queue without a failure, because its node stops.</summary>
    /// <param name="owner">Name of the node that holds the lease.</param>
    /// <param name="epoch">Epoch of the lease.</param>
    /// <param name="now">Current time by the store's clock.</param>
    public CellState? Release(string owner, long epoch, DateTimeOffset now) =>
        IsHeldBy(owner, epoch) ? this with { Status = CellStatus.Queued, Changed = now } : null;

    /// <summary>Cancels an unfinished cell; a node that runs it learns that with its next renewal.</summary>
    /// <param name="now">Current time by the store's clock.</param>
    public CellState? Cancel(DateTimeOffset now) =>
        Status is CellStatus.Done or CellStatus.Cancelled ? null : this with { Status = CellStatus.Cancelled, Changed = now };

    /// <summary>Pauses a queued or running cell; a node that runs it learns that with its next renewal.</summary>
    /// <param name="now">Current time by the store's clock.</param>
    public CellState? Pause(DateTimeOffset now) =>
        Status is CellStatus.Queued or CellStatus.Running ? this with { Status = CellStatus.Paused, Changed = now } : null;

    /// <summary>Queues a failed, cancelled or paused cell again with a full budget; its run resumes from its checkpoint.</summary>
    /// <param name="now">Current time by the store's clock.</param>
    public CellState? Requeue(DateTimeOffset now) => Status is CellStatus.Failed or CellStatus.Cancelled or CellStatus.Paused
        ? this with { Status = CellStatus.Queued, Failures = 0, Changed = now }
        : null;

    private bool IsHeldBy(string owner, long epoch) => Status == CellStatus.Running && Owner == owner && Epoch == epoch;
}

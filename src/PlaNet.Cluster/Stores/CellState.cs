using MessagePack;

namespace PlaNet.Cluster.Stores;

/// <summary>How a cell of a grid stands.</summary>
public enum CellStatus
{
    /// <summary>Waits for a node.</summary>
    Queued = 0,

    /// <summary>Held by a node under a lease.</summary>
    Running = 1,

    /// <summary>Complete; nothing changes it any more.</summary>
    Done = 2,

    /// <summary>Failed as often as it may, or for a reason that a retry cannot help.</summary>
    Failed = 3,

    /// <summary>Taken out of the grid until it is queued again.</summary>
    Cancelled = 4,

    /// <summary>Set aside until it is queued again.</summary>
    Paused = 5,
}

/// <summary>
/// The state of a cell, and every change it can go through. A change that is not allowed gives null, and nothing is to be stored.
/// A lease is fenced by its epoch: whoever claims a cell gets a new one, and nobody changes a cell under an old one.
/// </summary>
/// <param name="Status">How the cell stands.</param>
/// <param name="Owner">Who holds it, or held it last; empty before the first claim.</param>
/// <param name="Epoch">Number of the last claim, from 1; 0 before.</param>
/// <param name="LeaseUntil">When the lease of a running cell ends unless it is renewed.</param>
/// <param name="Failures">Failures since it was queued by hand, each by a run that ended in an error; a node that vanished is none.</param>
/// <param name="Step">Steps of its schedule that are done, as last heard.</param>
/// <param name="BeganAt">Steps that were done when it was last claimed.</param>
/// <param name="Started">When it was last claimed.</param>
/// <param name="Changed">When anything but its progress changed last.</param>
/// <param name="Reason">Why it failed last; empty if it never did.</param>
[MessagePackObject]
public sealed record CellState(
    [property: Key(0)] CellStatus Status = CellStatus.Queued,
    [property: Key(1)] string Owner = "",
    [property: Key(2)] long Epoch = 0,
    [property: Key(3)] DateTimeOffset LeaseUntil = default,
    [property: Key(4)] int Failures = 0,
    [property: Key(5)] long Step = 0,
    [property: Key(6)] long BeganAt = 0,
    [property: Key(7)] DateTimeOffset Started = default,
    [property: Key(8)] DateTimeOffset Changed = default,
    [property: Key(9)] string Reason = "")
{
    /// <summary>Whether a claim would be granted: the cell is queued, or the lease on it has ended.</summary>
    /// <param name="now">The store's time.</param>
    public bool CanBeClaimed(DateTimeOffset now) => Status == CellStatus.Queued || (Status == CellStatus.Running && LeaseUntil <= now);

    /// <summary>Gives the cell to a node.</summary>
    /// <param name="owner">The node.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="lease">How long the lease lasts unless it is renewed.</param>
    public CellState? Claim(string owner, DateTimeOffset now, TimeSpan lease) => !CanBeClaimed(now) ? null : this with
    {
        Status = CellStatus.Running,
        Owner = owner,
        Epoch = Epoch + 1,
        LeaseUntil = now + lease,
        BeganAt = Step,
        Started = now,
        Changed = now,
    };

    /// <summary>Renews the lease. An ended lease can be renewed as long as nobody else has claimed the cell.</summary>
    /// <param name="owner">Who claimed it.</param>
    /// <param name="epoch">Under which epoch.</param>
    /// <param name="step">Steps of its schedule that are done.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="lease">How long the lease lasts unless it is renewed again.</param>
    public CellState? Heartbeat(string owner, long epoch, long step, DateTimeOffset now, TimeSpan lease) =>
        IsHeldBy(owner, epoch) ? this with { LeaseUntil = now + lease, Step = step } : null;

    /// <summary>The run is complete. Saying so twice changes nothing, because an answer may be lost on its way.</summary>
    /// <param name="owner">Who claimed it.</param>
    /// <param name="epoch">Under which epoch.</param>
    /// <param name="step">Steps of its schedule: all of them.</param>
    /// <param name="now">The store's time.</param>
    public CellState? Complete(string owner, long epoch, long step, DateTimeOffset now)
    {
        if (Status == CellStatus.Done && Owner == owner && Epoch == epoch)
        {
            return this;
        }

        return IsHeldBy(owner, epoch) ? this with { Status = CellStatus.Done, Step = step, Changed = now } : null;
    }

    /// <summary>The run ended in an error: the cell goes back to the queue, or fails for good.</summary>
    /// <param name="owner">Who claimed it.</param>
    /// <param name="epoch">Under which epoch.</param>
    /// <param name="reason">Why, on one line.</param>
    /// <param name="budget">Failures with which the cell fails for good, at least 1; 1 allows no retry.</param>
    /// <param name="now">The store's time.</param>
    public CellState? Fail(string owner, long epoch, string reason, int budget, DateTimeOffset now) => !IsHeldBy(owner, epoch) ? null : this with
    {
        Status = Failures + 1 < budget ? CellStatus.Queued : CellStatus.Failed,
        Failures = Failures + 1,
        Reason = reason,
        Changed = now,
    };

    /// <summary>Gives the cell back to the queue: the node stops, and nothing is wrong with the run.</summary>
    /// <param name="owner">Who claimed it.</param>
    /// <param name="epoch">Under which epoch.</param>
    /// <param name="now">The store's time.</param>
    public CellState? Release(string owner, long epoch, DateTimeOffset now) =>
        IsHeldBy(owner, epoch) ? this with { Status = CellStatus.Queued, Changed = now } : null;

    /// <summary>Takes an unfinished cell out of the grid; the node that runs it notices at its next heartbeat.</summary>
    /// <param name="now">The store's time.</param>
    public CellState? Cancel(DateTimeOffset now) =>
        Status is CellStatus.Done or CellStatus.Cancelled ? null : this with { Status = CellStatus.Cancelled, Changed = now };

    /// <summary>Sets a queued or running cell aside; the node that runs it notices at its next heartbeat.</summary>
    /// <param name="now">The store's time.</param>
    public CellState? Pause(DateTimeOffset now) =>
        Status is CellStatus.Queued or CellStatus.Running ? this with { Status = CellStatus.Paused, Changed = now } : null;

    /// <summary>Queues a failed, cancelled or paused cell again, with its whole budget; its run resumes from its checkpoint.</summary>
    /// <param name="now">The store's time.</param>
    public CellState? Requeue(DateTimeOffset now) => Status is CellStatus.Failed or CellStatus.Cancelled or CellStatus.Paused
        ? this with { Status = CellStatus.Queued, Failures = 0, Changed = now }
        : null;

    private bool IsHeldBy(string owner, long epoch) => Status == CellStatus.Running && Owner == owner && Epoch == epoch;
}

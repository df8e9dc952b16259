namespace PlaNet.Actors.Local;

/// <summary>What a <see cref="LocalHost"/> is made of.</summary>
public sealed record LocalHostOptions
{
    /// <summary>Restarts, mailboxes, shutdown. Default: the defaults of each.</summary>
    public ActorSettings Settings { get; init; } = new();

    /// <summary>How failures of the actors at the top are dealt with. Default: restart within the budget.</summary>
    public SupervisorStrategy Supervision { get; init; } = SupervisorStrategy.Default;

    /// <summary>Where the time comes from. Default: the system's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Seed of the jitter of restarts. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>
    /// Number of this life of the host: incarnations of a later epoch are higher than all of an earlier one. 0 to 2^31 - 1. Default 0.
    /// </summary>
    public int Epoch { get; init; }

    /// <summary>Told every line of the log, on any thread. Must not throw. Default: nothing.</summary>
    public Action<LogEntry> Log { get; init; } = _ => { };

    /// <summary>Told every dead letter, on any thread. Must not throw. Default: nothing; they are counted in any case.</summary>
    public Action<DeadLetter> DeadLetter { get; init; } = _ => { };
}

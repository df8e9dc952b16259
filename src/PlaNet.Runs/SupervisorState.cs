using System.Collections.Immutable;
using PlaNet.Training;

namespace PlaNet.Runs;

/// <summary>What the run supervisor knows.</summary>
internal sealed record SupervisorState
{
    /// <summary>Everything that the next checkpoint holds; null before the learner is there.</summary>
    public RunState? Run { get; init; }

    /// <summary>The checkpoint that the run goes on from; null at the start.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Step of the schedule that the newest checkpoint holds.</summary>
    public int SavedStep { get; init; }

    /// <summary>Whether the replay has opened its folders.</summary>
    public bool ReplayThere { get; init; }

    /// <summary>Whether the collector is there.</summary>
    public bool CollectorThere { get; init; }

    /// <summary>Whether the evaluator is there.</summary>
    public bool EvaluatorThere { get; init; }

    /// <summary>Whether the metrics are there.</summary>
    public bool MetricsThere { get; init; }

    /// <summary>Number of the order to take up the state's episodes that is under way.</summary>
    public long? TakingUp { get; init; }

    /// <summary>Whether the replay draws from the state's episodes.</summary>
    public bool TakenUp { get; init; }

    /// <summary>Whether <see cref="RunStarted"/> was emitted for this state.</summary>
    public bool Started { get; init; }

    /// <summary>Orders given so far.</summary>
    public long Orders { get; init; }

    /// <summary>The update under way.</summary>
    public UpdateOrder? Update { get; init; }

    /// <summary>The batch drawn ahead.</summary>
    public BatchAhead? Ahead { get; init; }

    /// <summary>The collection under way.</summary>
    public CollectOrder? Collect { get; init; }

    /// <summary>The evaluation under way.</summary>
    public EvaluateOrder? Evaluate { get; init; }

    /// <summary>The checkpoint under way.</summary>
    public SaveOrder? Save { get; init; }

    /// <summary>Whether a checkpoint is to be saved before the next update.</summary>
    public bool SaveDue { get; init; }

    /// <summary>Whether the run is to stop.</summary>
    public bool Interrupted { get; init; }

    /// <summary>Whether the end has been told.</summary>
    public bool Ended { get; init; }

    /// <summary>Whether an update was refused since the newest checkpoint was saved.</summary>
    public bool Refused { get; init; }

    /// <summary>Events so far.</summary>
    public long Events { get; init; }

    /// <summary>Events whose writing is not confirmed yet, by number.</summary>
    public ImmutableSortedDictionary<long, RunEvent> PendingEvents { get; init; } = ImmutableSortedDictionary<long, RunEvent>.Empty;

    /// <summary>Warnings to emit before <see cref="RunStarted"/>.</summary>
    public ImmutableList<string> Warnings { get; init; } = [];

    /// <summary>Incidents to emit after <see cref="RunStarted"/>, at which metrics from after the checkpoint are dropped.</summary>
    public ImmutableList<(string Who, string Message, int Dropped)> Incidents { get; init; } = [];

    /// <summary>How far the run has come.</summary>
    public RunProgress Progress => Run?.Progress ?? new RunProgress();
}

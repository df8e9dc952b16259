using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>
/// A complete experiment: everything that determines the result of a run except its seed. The defaults are the paper's
/// configuration in the last public version of its code (google-research/planet, August 2019).
/// </summary>
/// <remarks>An experiment is a value: vary one with a <c>with</c> expression. The hash of its canonical JSON names the run.</remarks>
public sealed record Experiment
{
    /// <summary>Name by which the experiment is launched: lower-case letters, digits and underscores. Default "planet".</summary>
    [Identifier]
    public string Name { get; init; } = "planet";

    /// <summary>Purpose of the experiment, on one line. Not part of the run's identity.</summary>
    [SingleLine]
    public string Description { get; init; } = "";

    /// <summary>The control task and how it is observed.</summary>
    public TaskOptions Task { get; init; } = new();

    /// <summary>The networks of the world model.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>The terms of the variational objective.</summary>
    public ObjectiveOptions Objective { get; init; } = new();

    /// <summary>The optimiser of the world model.</summary>
    public OptimizerOptions Optimizer { get; init; } = new();

    /// <summary>The planner that chooses actions.</summary>
    public PlannerOptions Planner { get; init; } = new();

    /// <summary>How training batches are sampled from the replay buffer.</summary>
    public ReplayOptions Replay { get; init; } = new();

    /// <summary>Algorithm 1's schedule: how many episodes are collected, and how many updates are made between them.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>How the agent is evaluated.</summary>
    public EvaluationOptions Evaluation { get; init; } = new();

    /// <summary>Compute settings that affect the numerical result: threads, kernels and precision.</summary>
    public ComputeOptions Compute { get; init; } = new();
}

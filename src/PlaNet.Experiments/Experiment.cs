using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>
/// One experiment, complete: everything that decides the result of a run besides its seed. The defaults are the paper's
/// configuration as the last public version of its code ran it (google-research/planet, August 2019).
/// </summary>
/// <remarks>An experiment is a value: vary one with a <c>with</c> expression. Its canonical JSON names the run.</remarks>
public sealed record Experiment
{
    /// <summary>Name by which the experiment is launched: lower-case letters, digits and underscores. Default "planet".</summary>
    [Identifier]
    public string Name { get; init; } = "planet";

    /// <summary>One line that says what the experiment is for. Not part of the run's identity.</summary>
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

    /// <summary>How training batches are drawn from the collected episodes.</summary>
    public ReplayOptions Replay { get; init; } = new();

    /// <summary>Algorithm 1's schedule: how much is collected, and how much is learned in between.</summary>
    public ScheduleOptions Schedule { get; init; } = new();

    /// <summary>How the agent is evaluated.</summary>
    public EvaluationOptions Evaluation { get; init; } = new();

    /// <summary>What of the machine a run uses, as far as it decides the last bits of the result.</summary>
    public ComputeOptions Compute { get; init; } = new();
}

using System.Diagnostics;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Inspection;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs;

/// <summary>What a whole run costs on this machine: its work, counted, and what each piece of it takes, timed.</summary>
/// <param name="Work">Updates, decisions and steps.</param>
/// <param name="Learning">Seconds of an update and of a decision.</param>
/// <param name="StepSeconds">Seconds of a step of the environment with its frame.</param>
public sealed record RunCost(RunWork Work, LearningCost Learning, double StepSeconds)
{
    /// <summary>
    /// Seconds of the run with nothing beside it, one thing at a time. Evaluations plan for several environments at once and are a little
    /// faster than counted.
    /// </summary>
    public double Seconds => (Work.Updates * Learning.UpdateSeconds) + (Work.Decisions * Learning.DecisionSeconds) + (Work.Steps * StepSeconds);

    /// <summary>Times the pieces of a run: some updates, some decisions, some steps of its first task.</summary>
    /// <param name="experiment">A sound experiment, whose <see cref="Experiment.Compute"/> is in force.</param>
    /// <param name="device">Where the model is to live.</param>
    public static RunCost Measure(Experiment experiment, Device device)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        using var environment = Tasks.Create(experiment.Task);
        return new RunCost(
            RunWork.Of(experiment), LearningCost.Measure(experiment, environment.Spec.Action.Size, device), StepTime(environment));
    }

    private static double StepTime(IEnvironment environment)
    {
        var steps = Math.Min(20, environment.Spec.Decisions);
        environment.Reset(0);
        var action = new float[environment.Spec.Action.Size];
        var start = Stopwatch.GetTimestamp();
        for (var step = 0; step < steps; step++)
        {
            environment.Step(action);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
    }
}

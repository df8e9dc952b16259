using System.Diagnostics;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Inspection;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs;

/// <summary>Estimated duration of a run on this machine, from the amounts of work and the measured time of each unit of work.</summary>
/// <param name="Work">Number of updates, decisions and environment steps.</param>
/// <param name="Learning">Seconds per update and per decision.</param>
/// <param name="StepSeconds">Seconds per environment step, rendering included.</param>
public sealed record RunCost(RunWork Work, LearningCost Learning, double StepSeconds)
{
    /// <summary>
    /// Seconds of the run in lockstep on an otherwise idle machine. Slightly too high: evaluations plan for several environments in one
    /// batch, but are counted as single decisions.
    /// </summary>
    public double Seconds =>
        (Work.Updates * Learning.UpdateSeconds) + (Work.Decisions * Learning.DecisionSeconds) + (Work.Steps * StepSeconds);

    /// <summary>Measures a few updates, decisions and environment steps of the experiment's first task.</summary>
    /// <param name="experiment">A valid experiment, whose <see cref="Experiment.Compute"/> is in effect.</param>
    /// <param name="device">Device of the model.</param>
    /// <exception cref="RunException">The planner cannot plan the task's actions.</exception>
    public static RunCost Measure(Experiment experiment, Device device)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        using var environment = Tasks.Create(experiment.Task);
        var specs = Tasks.DescribeAll(experiment.Task);
        Tasks.RequirePlanner(experiment.Planner, environment.Spec);
        return new RunCost(
            RunWork.Of(experiment),
            LearningCost.Measure(
                experiment,
                environment.Spec.Action.Size,
                device,
                terminates: specs.Any(task => task.Terminates),
                stateSize: Tasks.RuleOf(experiment.Task, specs).StateSize,
                discrete: environment.Spec.Action.IsDiscrete),
            StepTime(environment));
    }

    private static double StepTime(IEnvironment environment)
    {
        var steps = Math.Min(20, environment.Spec.Decisions);
        environment.Reset(0);
        var action = environment.Spec.Action.Idle();
        var start = Stopwatch.GetTimestamp();
        for (var step = 0; step < steps; step++)
        {
            if (environment.Step(action).Ended)
            {
                environment.Reset((ulong)step);
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
    }
}

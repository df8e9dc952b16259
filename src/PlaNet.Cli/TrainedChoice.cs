using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Runs.Playing;

namespace PlaNet.Cli;

/// <summary>What may differ from the run when its model plays: the planner and the task.</summary>
internal static class TrainedChoice
{
    /// <summary>The planner of the run with changes. Everything else of the experiment shaped the model, which is trained.</summary>
    /// <param name="trained">The experiment of the run.</param>
    /// <param name="changes">Values of --set.</param>
    /// <exception cref="ExperimentException">A change is invalid.</exception>
    /// <exception cref="UnusableInputException">A change is not of the planner.</exception>
    public static PlannerOptions Planner(Experiment trained, string[] changes)
    {
        var changed = ExperimentValidation.Require(Overrides.ApplyAll(trained, changes));
        return changed with { Planner = trained.Planner } == trained
            ? changed.Planner
            : throw new UnusableInputException(
                $"--set {string.Join(" --set ", changes)}: the model is trained, so only options of the planner can be changed. "
                + "Give options that begin with planner.");
    }

    /// <summary>The task named by --task.</summary>
    /// <param name="trained">The experiment of the run.</param>
    /// <param name="name">Value of --task.</param>
    /// <exception cref="UnusableInputException">There is no such task, or its actions do not fit the model.</exception>
    public static EvaluationTasks Task(Experiment trained, string name)
    {
        var action = Tasks.Describe(trained.Task).Action;
        if (action.IsDiscrete)
        {
            throw new UnusableInputException(
                $"--task {name}: an action of the run's model is one of {action.Size} choices, and the tasks of the suite have continuous "
                + "actions. Leave --task out.");
        }

        try
        {
            return EvaluationTasks.One(trained.Task, name, action.Size);
        }
        catch (RunException refused)
        {
            throw new UnusableInputException($"--task {name}: {refused.Message}", refused);
        }
    }
}

using System.CommandLine;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Runs.Playing;

namespace PlaNet.Cli;

/// <summary>The options that specify the experiment: <c>--experiment NAME</c> and any number of <c>--set path=value</c>.</summary>
/// <param name="required">Whether --experiment is required.</param>
public sealed class ExperimentChoice(bool required = true)
{
    private readonly Option<string> _name = new("--experiment", "-e")
    {
        Description = "Name of an experiment (`planet experiments` lists them), or a .json file with its canonical JSON",
        HelpName = "NAME",
        Required = required,
    };

    private readonly Option<string[]> _changes = NewChanges();
    private readonly Option<string[]> _own = KnownExperiments.NewOption();

    /// <summary>The option that changes options of the experiment.</summary>
    /// <param name="description">What can be changed. Default any option.</param>
    public static Option<string[]> NewChanges(string description = "Change one option, such as model.depth=16; can be repeated") =>
        new("--set", "-s") { Description = description, HelpName = "path=value", Arity = ArgumentArity.OneOrMore };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        verb.Add(_name);
        verb.Add(_changes);
        verb.Add(_own);
    }

    /// <summary>Whether an experiment was named.</summary>
    public bool IsGiven(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue(_name) is not null;
    }

    /// <summary>The named experiment with the changes applied, validated.</summary>
    /// <exception cref="ExperimentException">The name or a change is invalid, or the changed experiment is.</exception>
    /// <exception cref="UnusableInputException">The task is unknown.</exception>
    public Experiment Read(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var experiment = KnownExperiments.Read(line.GetValue(_own), line).Find(line.GetRequiredValue(_name));
        return RequireTasks(ExperimentValidation.Require(Overrides.ApplyAll(experiment, line.GetValue(_changes) ?? [])));
    }

    /// <summary>
    /// Checks that the experiment's tasks exist, and fills in their action repeats from the registry, so that the record contains all
    /// options that determine the result.
    /// </summary>
    /// <param name="experiment">An experiment that is otherwise valid.</param>
    /// <exception cref="ExperimentException">The experiment is invalid with its tasks' action repeats.</exception>
    /// <exception cref="UnusableInputException">A task is unknown.</exception>
    public static Experiment RequireTasks(Experiment experiment) => ExperimentValidation.Require(WithKnownTasks(experiment));

    private static Experiment WithKnownTasks(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var tasks = TaskRegistry.All.Select(task => task.Name).ToList();
        if (experiment.Task.IsExternal || experiment.Task.ActionSize > 0)
        {
            // The address is no part of the run's name, which would be that of a run on the task of the suite.
            return experiment.Task.Address.Length == 0 || !tasks.Contains(experiment.Task.Name, StringComparer.Ordinal)
                ? experiment
                : throw new UnusableInputException(
                    $"task.name is {experiment.Task.Name}, a task of the suite: it must be another name with task.address, whose program "
                    + "plays a task of its own; set task.name=NAME or task.address=");
        }

        RequireTask("task.name", experiment.Task.Name, tasks);
        foreach (var other in experiment.Task.OtherTasks)
        {
            RequireTask("task.others", other.Name, tasks);
        }

        var name = experiment.Task.Name;
        var fixedStarts = TaskRegistry.All.Where(task => task.HasFixedStart).Select(task => task.Name).ToList();
        return !experiment.Task.FixedStart || fixedStarts.Contains(name, StringComparer.Ordinal)
            ? experiment with { Task = Tasks.WithRepeats(experiment.Task) }
            : throw new UnusableInputException(
                $"task.fixed_start is true, but task.name {name} has no fixed start; only {string.Join(", ", fixedStarts)} has. "
                + "Set it to false.");
    }

    private static void RequireTask(string option, string name, List<string> tasks)
    {
        if (!tasks.Contains(name, StringComparer.Ordinal))
        {
            var place = option == "task.name" ? "" : $" in {option}";
            throw new UnusableInputException($"there is no task \"{name}\"{place}: did you mean {option}={NearestName.Find(name, tasks)}?");
        }
    }
}

using System.CommandLine;
using PlaNet.Catalog;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Training;

namespace PlaNet.Cli;

/// <summary>The options by which a verb is told its experiment: <c>--experiment NAME</c> and any number of <c>--set path=value</c>.</summary>
public sealed class ExperimentChoice
{
    private readonly Option<string> _name = new("--experiment", "-e")
    {
        Description = "The experiment; `planet experiments` lists them",
        HelpName = "NAME",
        Required = true,
    };

    private readonly Option<string[]> _changes = new("--set", "-s")
    {
        Description = "Change one option, such as model.depth=16; may be given several times",
        HelpName = "path=value",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb that needs an experiment.</param>
    public void AddTo(Command verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        verb.Add(_name);
        verb.Add(_changes);
    }

    /// <summary>The experiment that was asked for, changed as asked and found sound.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <exception cref="ExperimentException">The name or a change is refused, or the changed experiment cannot run.</exception>
    /// <exception cref="UnusableInputException">There is no such task.</exception>
    public Experiment Read(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var experiment = ExperimentCatalog.Find(line.GetRequiredValue(_name));
        return ExperimentValidation.Require(RequireTasks(ExperimentValidation.Require(Overrides.ApplyAll(experiment, line.GetValue(_changes) ?? []))));
    }

    // With the action repeats that the registry knows: the record then holds all that decides the result.
    private static Experiment RequireTasks(Experiment experiment)
    {
        if (experiment.Task.Command.Length > 0)
        {
            return experiment;
        }

        var tasks = TaskRegistry.All.Select(task => task.Name).ToList();
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
                $"task.fixed_start is true, but task.name {name} has no fixed start; only {string.Join(", ", fixedStarts)} has. Leave it false.");
    }

    private static void RequireTask(string option, string name, List<string> tasks)
    {
        if (!tasks.Contains(name, StringComparer.Ordinal))
        {
            var typed = option == "task.name" ? "" : $" in {option}";
            throw new UnusableInputException($"there is no task \"{name}\"{typed}: did you mean {option}={NearestName.Find(name, tasks)}?");
        }
    }
}

using System.CommandLine;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Runs.Playing;

namespace PlaNet.Cli;

/// <summary>The options by which a verb is told its experiment: <c>--experiment NAME</c> and any number of <c>--set path=value</c>.</summary>
/// <param name="required">Whether the verb cannot do without.</param>
public sealed class ExperimentChoice(bool required = true)
{
    private readonly Option<string> _name = new("--experiment", "-e")
    {
        Description = "The experiment; `planet experiments` lists them. Also a file of canonical JSON",
        HelpName = "NAME",
        Required = required,
    };

    private readonly Option<string[]> _changes = NewChanges();
    private readonly Option<string[]> _own = KnownExperiments.NewOption();

    /// <summary>The option that changes others.</summary>
    public static Option<string[]> NewChanges() => new("--set", "-s")
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
        verb.Add(_own);
    }

    /// <summary>Whether an experiment was named.</summary>
    /// <param name="line">The parsed command line.</param>
    public bool IsGiven(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue(_name) is not null;
    }

    /// <summary>The experiment that was asked for, changed as asked and found sound.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <exception cref="ExperimentException">The name or a change is refused, or the changed experiment cannot run.</exception>
    /// <exception cref="UnusableInputException">There is no such task.</exception>
    public Experiment Read(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var experiment = KnownExperiments.Read(line.GetValue(_own), line).Find(line.GetRequiredValue(_name));
        return RequireTasks(ExperimentValidation.Require(Overrides.ApplyAll(experiment, line.GetValue(_changes) ?? [])));
    }

    /// <summary>
    /// Returns an experiment whose tasks there are, with the action repeats that the registry knows, so that the record holds all that
    /// decides the result. Refuses any other.
    /// </summary>
    /// <param name="experiment">An experiment that is sound otherwise.</param>
    /// <exception cref="ExperimentException">It is not sound with its tasks' action repeats.</exception>
    /// <exception cref="UnusableInputException">There is no such task.</exception>
    public static Experiment RequireTasks(Experiment experiment) => ExperimentValidation.Require(Known(experiment));

    private static Experiment Known(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
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

using System.CommandLine;
using PlaNet.Catalog;
using PlaNet.Environments;
using PlaNet.Experiments;

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
        return RequireTask(ExperimentValidation.Require(Overrides.ApplyAll(experiment, line.GetValue(_changes) ?? [])));
    }

    private static Experiment RequireTask(Experiment experiment)
    {
        var tasks = TaskRegistry.All.Select(task => task.Name).ToList();
        var name = experiment.Task.Name;
        if (experiment.Task.Command.Length > 0)
        {
            return experiment;
        }

        if (!tasks.Contains(name, StringComparer.Ordinal))
        {
            throw new UnusableInputException($"there is no task \"{name}\": did you mean task.name={NearestName.Find(name, tasks)}?");
        }

        var fixedStarts = TaskRegistry.All.Where(task => task.HasFixedStart).Select(task => task.Name).ToList();
        return !experiment.Task.FixedStart || fixedStarts.Contains(name, StringComparer.Ordinal)
            ? experiment
            : throw new UnusableInputException(
                $"task.fixed_start is true, but task.name {name} has no fixed start; only {string.Join(", ", fixedStarts)} has. Leave it false.");
    }
}

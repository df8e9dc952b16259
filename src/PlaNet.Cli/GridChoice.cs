using System.CommandLine;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;

namespace PlaNet.Cli;

/// <summary>The options by which a verb is told its grid: <c>--grid NAME</c>, <c>--seeds N</c> and any number of <c>--set path=value</c>.</summary>
/// <param name="required">Whether the verb cannot do without.</param>
public sealed class GridChoice(bool required = true)
{
    private const string Changes = "--set";
    private const string Own = "--experiments";

    private readonly Option<string> _name = new("--grid", "-g")
    {
        Description = "The grid; `planet grids` lists them",
        HelpName = "NAME",
        Required = required,
    };

    private readonly Option<int?> _seeds = new("--seeds") { Description = "Seeds of every experiment, 0 to N-1, in place of the grid's own", HelpName = "N" };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb that needs a grid.</param>
    public void AddTo(Command verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        verb.Add(_name);
        verb.Add(_seeds);

        // A verb that takes an experiment too has these already.
        if (!verb.Options.Any(option => option.Name == Changes))
        {
            verb.Add(ExperimentChoice.NewChanges());
            verb.Add(KnownExperiments.NewOption());
        }
    }

    /// <summary>Whether a grid was named.</summary>
    /// <param name="line">The parsed command line.</param>
    public bool IsGiven(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue(_name) is not null;
    }

    /// <summary>The grid that was asked for, every cell changed as asked and found sound.</summary>
    /// <param name="line">The parsed command line.</param>
    /// <exception cref="ExperimentException">The name or a change is refused, or a changed experiment cannot run.</exception>
    /// <exception cref="UnusableInputException">There is no such task, or no seed.</exception>
    public Grid Read(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var grid = KnownExperiments.Read(line.GetValue<string[]>(Own), line).FindGrid(line.GetRequiredValue(_name)).With(line.GetValue<string[]>(Changes) ?? []);
        grid = line.GetValue(_seeds) switch
        {
            null => grid,
            >= 1 and var seeds => grid.WithSeeds(seeds),
            var seeds => throw new UnusableInputException($"--seeds {seeds}: a grid has at least 1 seed. Give 1 or more."),
        };
        var known = grid.Require().Experiments.ToDictionary(experiment => experiment, ExperimentChoice.RequireTasks);
        return grid with { Cells = [.. grid.Cells.Select(cell => cell with { Experiment = known[cell.Experiment] })] };
    }
}

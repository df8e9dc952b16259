using System.CommandLine;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;

namespace PlaNet.Cli;

/// <summary>The options that specify the grid: <c>--grid NAME</c>, <c>--seeds N</c> and any number of <c>--set path=value</c>.</summary>
/// <param name="required">Whether --grid is required.</param>
public sealed class GridChoice(bool required = true)
{
    private const string Changes = "--set";
    private const int MostSeeds = 10_000;
    private const string Own = "--experiments";

    private readonly Option<string> _name = new("--grid", "-g")
    {
        Description = "Name of a grid; `planet grids` lists them",
        HelpName = "NAME",
        Required = required,
    };

    private readonly Option<int?> _seeds = new("--seeds")
    {
        Description = "Use the seeds 0 to N-1 for every experiment, instead of the grid's own",
        HelpName = "N",
    };

    /// <summary>Adds the options to a verb.</summary>
    public void AddTo(Command verb)
    {
        ArgumentNullException.ThrowIfNull(verb);
        verb.Add(_name);
        verb.Add(_seeds);

        // ExperimentChoice may have added them to the same verb.
        if (!verb.Options.Any(option => option.Name == Changes))
        {
            verb.Add(ExperimentChoice.NewChanges());
            verb.Add(KnownExperiments.NewOption());
        }
    }

    /// <summary>Whether a grid was named.</summary>
    public bool IsGiven(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.GetValue(_name) is not null;
    }

    /// <summary>The named grid with the changes applied to every cell, validated.</summary>
    /// <exception cref="ExperimentException">The name or a change is invalid, or a changed experiment is.</exception>
    /// <exception cref="UnusableInputException">A task is unknown, or --seeds is below 1.</exception>
    public Grid Read(ParseResult line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var grid = KnownExperiments.Read(line.GetValue<string[]>(Own), line)
            .FindGrid(line.GetRequiredValue(_name))
            .With(line.GetValue<string[]>(Changes) ?? []);
        grid = line.GetValue(_seeds) switch
        {
            null => grid,
            >= 1 and <= MostSeeds and var seeds => grid.WithSeeds(seeds),
            var seeds => throw new UnusableInputException(
                $"--seeds {seeds}: a grid needs at least 1 seed, and can have {MostSeeds}. Give a number from 1 to {MostSeeds}."),
        };
        var known = grid.Require().Experiments.ToDictionary(experiment => experiment, ExperimentChoice.RequireTasks);
        return grid with { Cells = [.. grid.Cells.Select(cell => cell with { Experiment = known[cell.Experiment] })] };
    }
}

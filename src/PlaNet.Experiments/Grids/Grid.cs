namespace PlaNet.Experiments.Grids;

/// <summary>Runs that are launched together and end in one table.</summary>
public sealed record Grid
{
    /// <summary>Makes a grid, whatever its cells are; <see cref="Require"/> checks them.</summary>
    /// <param name="name">Name by which it is launched: letters and digits.</param>
    /// <param name="description">One line that says what it answers.</param>
    /// <param name="cells">The runs, in the order in which they are begun.</param>
    public Grid(string name, string description, IEnumerable<GridCell> cells)
    {
        Name = name;
        Description = description;
        Cells = [.. cells];
    }

    /// <summary>Name by which it is launched: letters and digits.</summary>
    public string Name { get; init; }

    /// <summary>One line that says what it answers.</summary>
    public string Description { get; init; }

    /// <summary>The runs, in the order in which they are begun.</summary>
    public IReadOnlyList<GridCell> Cells { get; init; }

    /// <summary>The experiments, each once.</summary>
    public IEnumerable<Experiment> Experiments => Cells.Select(cell => cell.Experiment).Distinct();

    /// <summary>Every experiment with the seeds 0, 1, 2 and so on; all experiments of a seed come before the next seed, so that a half-done grid is a whole one of fewer seeds.</summary>
    /// <param name="name">Name by which it is launched: letters and digits.</param>
    /// <param name="description">One line that says what it answers.</param>
    /// <param name="experiments">The experiments.</param>
    /// <param name="seeds">How many seeds, at least 1.</param>
    public static Grid Of(string name, string description, IEnumerable<Experiment> experiments, int seeds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, 1);
        var list = experiments.ToList();
        return new Grid(
            name,
            description,
            from seed in Enumerable.Range(0, seeds)
            from experiment in list
            select new GridCell(experiment, (ulong)seed));
    }

    /// <summary>The same experiments with other seeds: 0 to <paramref name="seeds"/> - 1.</summary>
    /// <param name="seeds">How many seeds, at least 1.</param>
    public Grid WithSeeds(int seeds) => this with { Cells = Of(Name, Description, Experiments, seeds).Cells };

    /// <summary>The grid with options changed in every cell.</summary>
    /// <param name="assignments">Changes as <see cref="Overrides"/> takes them.</param>
    /// <exception cref="ExperimentException">A change is refused.</exception>
    public Grid With(IEnumerable<string> assignments)
    {
        var changes = assignments.ToList();
        return this with { Cells = [.. Cells.Select(cell => cell with { Experiment = Overrides.ApplyAll(cell.Experiment, changes) })] };
    }

    /// <summary>Returns a sound grid and refuses any other, before anything runs.</summary>
    /// <exception cref="ExperimentException">It has no cell, two cells of one name, or an experiment that cannot run.</exception>
    public Grid Require()
    {
        if (Cells.Count == 0)
        {
            throw new ExperimentException($"the grid {Name} has no cell: give it at least one experiment and one seed");
        }

        foreach (var experiment in Experiments)
        {
            try
            {
                ExperimentValidation.Require(experiment);
            }
            catch (ExperimentException failure)
            {
                throw new ExperimentException($"{experiment.Name} of the grid {Name}: {failure.Message}", failure);
            }
        }

        // One name for two experiments would mix them in every table; a repeated cell would only be a slip.
        var named = Experiments.GroupBy(experiment => experiment.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        var repeated = named?.Key ?? Cells.GroupBy(cell => cell.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        return repeated is null
            ? this
            : throw new ExperimentException($"the grid {Name} has {repeated} twice: give every experiment a name of its own and every cell a seed of its own");
    }
}

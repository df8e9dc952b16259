namespace PlaNet.Experiments.Grids;

/// <summary>Runs that are launched together and compared in one table.</summary>
public sealed record Grid
{
    /// <summary>Creates a grid without checking its cells; <see cref="Require"/> checks them.</summary>
    /// <param name="name">Name by which the grid is launched: letters and digits.</param>
    /// <param name="description">The question that the grid answers, on one line.</param>
    /// <param name="cells">The runs, in the order in which they are started.</param>
    public Grid(string name, string description, IEnumerable<GridCell> cells)
    {
        Name = name;
        Description = description;
        Cells = [.. cells];
    }

    /// <summary>Name by which the grid is launched: letters and digits.</summary>
    public string Name { get; init; }

    /// <summary>The question that the grid answers, on one line.</summary>
    public string Description { get; init; }

    /// <summary>The runs, in the order in which they are started.</summary>
    public IReadOnlyList<GridCell> Cells { get; init; }

    /// <summary>The distinct experiments.</summary>
    public IEnumerable<Experiment> Experiments => Cells.Select(cell => cell.Experiment).Distinct();

    /// <summary>
    /// Every experiment with the seeds 0 to <paramref name="seeds"/> - 1, ordered by seed: an unfinished grid then is a complete grid of
    /// fewer seeds.
    /// </summary>
    /// <param name="name">Name by which the grid is launched: letters and digits.</param>
    /// <param name="description">The question that the grid answers, on one line.</param>
    /// <param name="experiments">Experiments with different names.</param>
    /// <param name="seeds">Number of seeds, at least 1.</param>
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

    /// <summary>The same experiments with the seeds 0 to <paramref name="seeds"/> - 1.</summary>
    /// <param name="seeds">Number of seeds, at least 1.</param>
    public Grid WithSeeds(int seeds) => this with { Cells = Of(Name, Description, Experiments, seeds).Cells };

    /// <summary>The grid with options changed in every cell.</summary>
    /// <param name="assignments">Overrides as <see cref="Overrides.Apply"/> takes them.</param>
    /// <exception cref="ExperimentException">An override is invalid.</exception>
    public Grid With(IEnumerable<string> assignments)
    {
        var changes = assignments.ToList();
        return this with { Cells = [.. Cells.Select(cell => cell with { Experiment = Overrides.ApplyAll(cell.Experiment, changes) })] };
    }

    /// <summary>Returns the grid if it is valid and throws otherwise.</summary>
    /// <exception cref="ExperimentException">The grid has no cell, two cells of the same name, or an invalid experiment.</exception>
    public Grid Require()
    {
        if (Cells.Count == 0)
        {
            throw new ExperimentException($"the grid {Name} has no cells: give it at least one experiment and one seed");
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

        // Two experiments of one name would be merged in every table; a repeated cell would run only once.
        var repeatedExperiment = Experiments.GroupBy(experiment => experiment.Name, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1);
        var repeated = repeatedExperiment?.Key
            ?? Cells.GroupBy(cell => cell.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        return repeated is null
            ? this
            : throw new ExperimentException(
                $"the grid {Name} has {repeated} twice: give every experiment its own name and every cell of an experiment its own seed");
    }
}

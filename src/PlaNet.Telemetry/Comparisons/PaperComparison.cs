using System.Globalization;
using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>The paper's result on a task, and whether a score of ours may be held against it.</summary>
/// <param name="Figure">The paper's result.</param>
/// <param name="Obstacle">Why it is no more than orientation; empty where the score is comparable.</param>
public sealed record PaperComparison(PublishedFigure Figure, string Obstacle)
{
    private const int Named = 3;

    /// <summary>Whether a score may be held against the figure: the paper's configuration, after as many episodes.</summary>
    public bool IsComparable => Obstacle.Length == 0;

    /// <summary>What to bear in mind even where a score is comparable; empty where there is nothing.</summary>
    /// <param name="experiment">The experiment.</param>
    public static string Caveat(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return experiment.Task is { Name: "cheetah_run", Command: "", FixedStart: false }
            ? "the paper's episodes of cheetah_run all begin in one pose (task.fixed_start), these in random ones"
            : "";
    }

    /// <summary>The comparison for a score of an experiment; null for a task that the paper lacks.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="position">After how many episodes it was scored; null where it has no score.</param>
    public static PaperComparison? Of(Experiment experiment, int? position)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (experiment.Task.Command.Length > 0 || PublishedFigures.OfPlanet(experiment.Task.Name) is not { } figure)
        {
            return null;
        }

        var obstacles = new List<string>();
        var differences = Differences(experiment);
        if (differences.Length > 0)
        {
            var more = differences.Length > Named ? $" and {differences.Length - Named} more" : "";
            obstacles.Add($"the options differ: {string.Join(", ", differences.Take(Named))}{more}");
        }

        if (figure.Source != PublishedFigures.Icml)
        {
            obstacles.Add("it is of an earlier version of the method");
        }

        if (position != figure.Episodes)
        {
            obstacles.Add(string.Create(CultureInfo.InvariantCulture, $"it is after {figure.Episodes:N0} episodes"));
        }

        return new PaperComparison(figure, string.Join("; ", obstacles));
    }

    // The paper's configuration is the default of every option. What is left out decides how long a run is, how well it is measured, or
    // last bits; and cheetah's start, for which there is a caveat.
    private static OptionDifference[] Differences(Experiment experiment)
    {
        var paper = new Experiment
        {
            Task = new TaskOptions { Name = experiment.Task.Name, ActionRepeat = PublishedFigures.ActionRepeats[experiment.Task.Name] },
        };
        return
        [
            .. ExperimentDiff.Between(paper, experiment).Where(difference =>
                difference.Path is not ("schedule.episodes" or "schedule.test_episodes" or "replay.memory_mebibytes" or "task.fixed_start")
                && !difference.Path.StartsWith("evaluation.", StringComparison.Ordinal)
                && !difference.Path.StartsWith("compute.", StringComparison.Ordinal)),
        ];
    }
}

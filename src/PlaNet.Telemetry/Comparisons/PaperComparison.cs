using System.Globalization;
using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>The paper's result on a task, and whether a recorded score is comparable with it.</summary>
/// <param name="Figure">The paper's result.</param>
/// <param name="Obstacle">Why the result is orientation only; empty if the score is comparable.</param>
public sealed record PaperComparison(PublishedFigure Figure, string Obstacle)
{
    private const int MaxNamedDifferences = 3;

    /// <summary>Whether the score is comparable: reached with the paper's configuration, after as many episodes.</summary>
    public bool IsComparable => Obstacle.Length == 0;

    /// <summary>A caveat that holds even for a comparable score; empty if there is none.</summary>
    public static string Caveat(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return experiment.Task is { Name: "cheetah_run", Command: "", FixedStart: false }
            ? "the paper's episodes of cheetah_run all begin in one pose (task.fixed_start), these in random ones"
            : "";
    }

    /// <summary>The comparison for a score of an experiment; null for a task that is not in the paper.</summary>
    /// <param name="experiment">The scored experiment.</param>
    /// <param name="position">Number of episodes after which it was scored; null if it has no score.</param>
    public static PaperComparison? Of(Experiment experiment, int? position)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        if (experiment.Task.IsExternal || PublishedFigures.OfPlanet(experiment.Task.Name) is not { } figure)
        {
            return null;
        }

        var obstacles = new List<string>();
        var differences = Differences(experiment);
        if (differences.Length > 0)
        {
            var more = differences.Length > MaxNamedDifferences ? $" and {differences.Length - MaxNamedDifferences} more" : "";
            obstacles.Add($"the options differ: {string.Join(", ", differences.Take(MaxNamedDifferences))}{more}");
        }

        if (figure.Source != PublishedFigures.Icml)
        {
            obstacles.Add("it is from an earlier version of the method");
        }

        if (position != figure.Episodes)
        {
            obstacles.Add(string.Create(CultureInfo.InvariantCulture, $"it is after {figure.Episodes:N0} episodes"));
        }

        return new PaperComparison(figure, string.Join("; ", obstacles));
    }

    // The defaults are the paper's configuration. The ignored options change only the length of a run, its evaluation, its memory or
    // rounding; and task.fixed_start, for which there is a caveat.
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

using System.Globalization;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>A row of the table: a group's score after a number of episodes. All output formats share its texts.</summary>
/// <param name="Group">The group.</param>
/// <param name="Score">The score; null if no seed was evaluated.</param>
/// <param name="IsFurthest">True for the second row of a group, which covers only the seeds evaluated furthest.</param>
public sealed record ComparisonRow(RunGroup Group, GroupScore? Score, bool IsFurthest)
{
    /// <summary>Names of the columns, and whether they hold numbers.</summary>
    public static IReadOnlyList<(string Name, bool IsNumber)> Columns { get; } =
    [
        ("task", false), ("variant", false), ("hash", false), ("runs", false), ("after episodes", true), ("seeds scored", true),
        ("evaluation episodes", true), ("mean", true), ("median", true), ("IQM", true), ("95 % of IQM", true), ("paper", false),
    ];

    /// <summary>The rows of groups: one per group, and a second one if some seeds were evaluated later than others.</summary>
    public static IReadOnlyList<ComparisonRow> Of(IReadOnlyList<RunGroup> groups, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return [.. groups.SelectMany(group => Of(group, options))];
    }

    /// <summary>The cells, in the order of <see cref="Columns"/>.</summary>
    public IReadOnlyList<string> Cells()
    {
        var all = Group.Runs.Count + Group.Missing.Count;
        string[] figures = Score is null
            ? ["-", $"0 of {all}", "-", "-", "-", "-", "-"]
            :
            [
                Whole(Score.Position), $"{Score.Seeds.Count} of {all}", Whole(Score.EvaluationEpisodes),
                Figure(Score.Mean), Figure(Score.Median), Figure(Score.InterquartileMean),
                Score.Interval is { } interval ? $"{Figure(interval.Low)} to {Figure(interval.High)}" : "one seed: none",
            ];
        return [Group.Task, Group.Variant, Group.Hash, IsFurthest ? "furthest seeds only" : StatusCounts(), .. figures, Paper()];
    }

    /// <summary>Number of runs per status, such as "3 done, 1 failed, 1 missing".</summary>
    public string StatusCounts()
    {
        var counts = Enum.GetValues<RunStatus>()
            .Select(status => (Count: Group.Count(status), Name: Name(status)))
            .Append((Count: Group.Missing.Count, Name: "missing"));
        return string.Join(", ", counts.Where(each => each.Count > 0).Select(each => $"{each.Count} {each.Name}"));
    }

    /// <summary>A status as shown in tables.</summary>
    public static string Name(RunStatus status) => status switch
    {
        RunStatus.Done => "done",
        RunStatus.Running => "running",
        RunStatus.Stopped => "stopped",
        RunStatus.Interrupted => "interrupted",
        RunStatus.Failed => "failed",
        _ => "unknown",
    };

    /// <summary>Remarks on the row: seeds that are missing, failed or behind, and why the paper's figure is orientation only.</summary>
    public IEnumerable<string> Remarks()
    {
        foreach (var run in Group.Runs.Where(run => run.Status is not RunStatus.Done))
        {
            yield return Remark(run);
        }

        foreach (var run in Group.Runs.Where(run => run.UnusableEvaluations > 0))
        {
            yield return $"seed {run.Seed} has {run.UnusableEvaluations} evaluation(s) with a return that is not finite: they are left out";
        }

        foreach (var run in Group.Unscored.Where(run => run.Status is RunStatus.Done))
        {
            yield return $"seed {run.Seed} is done, but its metrics hold no evaluation: it has no score";
        }

        if (Group.Missing.Count > 0)
        {
            yield return $"missing: {(Group.Missing.Count == 1 ? "seed" : "seeds")} {string.Join(", ", Group.Missing)}";
        }

        if (Group.IsUneven)
        {
            var evaluated = Group.Runs.Where(run => run.LastPosition is not null);
            var ends = string.Join(", ", evaluated.Select(run => $"seed {run.Seed} at {run.LastPosition}"));
            yield return Group.CommonPosition is { } common
                ? $"evaluated up to different episodes ({ends}): scored after {common}, the last evaluation that all of them share; "
                    + "the second row covers the seeds evaluated furthest"
                : $"evaluated after different episodes ({ends}), with none in common: only the seeds evaluated furthest are scored";
        }

        if (PaperComparison.Of(Group.Experiment, Score?.Position) is { IsComparable: false } paper)
        {
            yield return $"the paper's figure is orientation only: {paper.Obstacle}";
        }

        if (PaperComparison.Caveat(Group.Experiment) is { Length: > 0 } caveat)
        {
            yield return caveat;
        }
    }

    private static IEnumerable<ComparisonRow> Of(RunGroup group, ComparisonOptions options)
    {
        var furthest = group.FurthestPosition is { } last ? GroupScore.At(group.Runs, last, options) : null;
        if (group.CommonPosition is { } common && group.IsUneven)
        {
            yield return new ComparisonRow(group, GroupScore.At(group.Runs, common, options), IsFurthest: false);
            yield return new ComparisonRow(group, furthest, IsFurthest: true);
        }
        else
        {
            yield return new ComparisonRow(group, furthest, IsFurthest: false);
        }
    }

    private static string Remark(RecordedRun run)
    {
        var score = run.Evaluations.Count == 0 ? "; it has no evaluation and no score" : "";
        var how = run.Status switch
        {
            RunStatus.Failed => $"failed after {run.Episodes} episodes: {run.Reason}",
            RunStatus.Stopped => $"stopped after {run.Episodes} episodes: its state says RUNNING, but no process of this machine holds it",
            RunStatus.Unknown => $"after {run.Episodes} episodes: {run.Reason}",
            _ => $"{Name(run.Status)}, {run.Episodes} episodes so far",
        };
        return $"seed {run.Seed} {how}{score}";
    }

    private string Paper()
    {
        return PaperComparison.Of(Group.Experiment, Score?.Position) switch
        {
            null => "-",
            { IsComparable: true } same => $"{same.Figure.Score:0} ({same.Figure.Source.Name})",
            var other => string.Create(
                CultureInfo.InvariantCulture,
                $"orientation: {other.Figure.Score:0} ({other.Figure.Source.Name}, {other.Figure.Episodes:N0} episodes)"),
        };
    }

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Figure(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}

using System.Globalization;
using PlaNet.Experiments;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>The comparison as CSV (RFC 4180): a header line, commas, decimal points, quotes only where a field needs them.</summary>
public static class ComparisonCsv
{
    private static readonly string[] s_tableColumns =
    [
        "task", "variant", "experiment", "hash", "done", "running", "stopped", "interrupted", "failed", "unknown", "missing",
        "missing_seeds",
        "after_episodes", "seeds_scored", "evaluation_episodes", "mean", "median", "iqm", "iqm_low", "iqm_high",
        "furthest_episodes", "furthest_seeds", "furthest_mean", "furthest_median", "furthest_iqm", "furthest_iqm_low", "furthest_iqm_high",
        "paper", "paper_source", "paper_episodes", "paper_comparable", "remarks",
    ];

    private static readonly string[] s_curveColumns =
    [
        "task", "variant", "experiment", "hash", "after_episodes", "episodes", "environment_steps", "updates", "seeds", "seeds_in_all",
        "evaluation_episodes", "mean", "median", "percentile_5", "percentile_95",
    ];

    /// <summary>One row per group. Unknown values are empty.</summary>
    public static string Table(IReadOnlyList<ComparisonRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Lines(
        [
            s_tableColumns,
            .. rows.GroupBy(row => row.Group).Select(group =>
            {
                var first = group.First();
                var last = group.Last();
                var paper = PaperComparison.Of(group.Key.Experiment, first.Score?.Position);
                return new[]
                {
                    group.Key.Task, group.Key.Variant, group.Key.Experiment.Name, group.Key.Hash,
                }
                .Concat(Enum.GetValues<RunStatus>().Select(status => Number(group.Key.Count(status))))
                .Concat(
                [
                    Number(group.Key.Missing.Count), string.Join(' ', group.Key.Missing),
                    Number(first.Score?.Position), Number(first.Score?.Seeds.Count), Number(first.Score?.EvaluationEpisodes),
                    .. Figures(first.Score),
                    Number(last.Score?.Position), Number(last.Score?.Seeds.Count), .. Figures(last.Score),
                    Number(paper?.Figure.Score), paper?.Figure.Source.Name ?? "", Number(paper?.Figure.Episodes),
                    paper is null ? "" : paper.IsComparable ? "yes" : "orientation", string.Join("; ", first.Remarks()),
                ]);
            }),
        ]);
    }

    /// <summary>One row per group and position of its learning curve.</summary>
    public static string Curves(IReadOnlyList<RunGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        return Lines(
        [
            s_curveColumns,
            .. groups.SelectMany(group => group.Curve().Select(point => (string[])
            [
                group.Task, group.Variant, group.Experiment.Name, group.Hash, Number(point.Position), Number(point.Episodes),
                !group.Experiment.Task.IsExternal ? Number((long)point.Episodes * TaskOptions.ControlSteps) : "",
                Number(point.Updates), Number(point.Seeds), Number(group.Runs.Count + group.Missing.Count),
                Number(point.EvaluationEpisodes), Number(point.Mean), Number(point.Median), Number(point.Low), Number(point.High),
            ])),
        ]);
    }

    private static string[] Figures(GroupScore? score)
    {
        return
        [
            Number(score?.Mean), Number(score?.Median), Number(score?.InterquartileMean),
            Number(score?.Interval?.Low), Number(score?.Interval?.High),
        ];
    }

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Lines(IEnumerable<IEnumerable<string>> rows)
    {
        return string.Concat(rows.Select(row => string.Join(',', row.Select(Field)) + "\r\n"));
    }

    private static string Field(string text)
    {
        return text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}

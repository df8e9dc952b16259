using System.Globalization;
using PlaNet.Common;
using PlaNet.Telemetry.Statistics;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>A variant's score over several tasks, or why it has none.</summary>
/// <param name="Variant">The variant; see <see cref="RunGroup.Variant"/>.</param>
/// <param name="Scores">Score by task, after the number of episodes in the table's row; null if there is none.</param>
/// <param name="Runs">Runs of all tasks, missing ones included.</param>
/// <param name="Obstacle">Why there is no score; empty if there is one.</param>
/// <param name="Mean">Mean over all seeds of all tasks.</param>
/// <param name="Median">Median over all seeds of all tasks.</param>
/// <param name="InterquartileMean">Interquartile mean over all seeds of all tasks.</param>
/// <param name="Interval">Its 95 % bootstrap interval; null if a task has a single seed, whose spread is unknown.</param>
public sealed record VariantScore(
    string Variant,
    IReadOnlyDictionary<string, GroupScore?> Scores,
    int Runs,
    string Obstacle,
    double Mean,
    double Median,
    double InterquartileMean,
    ConfidenceInterval? Interval)
{
    /// <summary>How the numbers are computed; shown below the table.</summary>
    public const string Explanation =
        "Over all seeds of all tasks. The bootstrap redraws seeds within each task, so that every task keeps its weight. "
        + "A variant has no score while one of its tasks has no score or more than one hash, and no interval while one has a single seed.";

    /// <summary>Names of the columns, and whether they hold numbers.</summary>
    public static IReadOnlyList<(string Name, bool IsNumber)> Columns { get; } =
    [
        ("variant", false), ("tasks", false), ("after episodes", true), ("seeds scored", true),
        ("mean", true), ("median", true), ("IQM", true), ("95 % of IQM", true),
    ];

    /// <summary>Scores of the variants that have runs on at least two tasks.</summary>
    public static IReadOnlyList<VariantScore> Of(IReadOnlyList<ComparisonRow> rows, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        return
        [
            .. rows.Where(row => !row.IsFurthest).GroupBy(row => row.Group.Variant, StringComparer.Ordinal)
                .OrderBy(variant => variant.Key, StringComparer.Ordinal)
                .Select(variant => (variant.Key, Tasks: variant.GroupBy(row => row.Group.Task, StringComparer.Ordinal).ToArray()))
                .Where(variant => variant.Tasks.Length > 1)
                .Select(variant => Of(variant.Key, variant.Tasks, options)),
        ];
    }

    /// <summary>The cells, in the order of <see cref="Columns"/>.</summary>
    public IReadOnlyList<string> Cells()
    {
        var scored = Scores.Values.OfType<GroupScore>().ToArray();
        int[] positions = [.. scored.Select(score => score.Position).Distinct().Order()];
        var after = positions.Length switch { 0 => "-", 1 => $"{positions[0]}", _ => $"{positions[0]} to {positions[^1]}" };
        string[] figures = Obstacle.Length == 0
            ?
            [
                Figure(Mean), Figure(Median), Figure(InterquartileMean),
                Interval is { } interval ? $"{Figure(interval.Low)} to {Figure(interval.High)}" : "a task with one seed: none",
            ]
            : ["-", "-", "-", "-"];
        var tasks = $"{Scores.Count}: {string.Join(", ", Scores.Keys)}";
        var seeds = $"{scored.Sum(score => score.Seeds.Count)} of {Runs}";
        return [Variant, Obstacle.Length == 0 ? tasks : $"{tasks}; {Obstacle}", after, seeds, .. figures];
    }

    private static VariantScore Of(string variant, IGrouping<string, ComparisonRow>[] tasks, ComparisonOptions options)
    {
        var mixed = tasks.Where(task => task.Count() > 1).Select(task => $"{task.Key} has {task.Count()} hashes");
        var unscored = tasks.Where(task => task.All(row => row.Score is null)).Select(task => $"{task.Key} has no score");
        var runs = tasks.SelectMany(task => task).Sum(row => row.Group.Runs.Count + row.Group.Missing.Count);
        var obstacle = string.Join(", ", mixed.Concat(unscored));
        var scores = tasks.ToDictionary(task => task.Key, task => task.Count() > 1 ? null : task.Single().Score, StringComparer.Ordinal);
        if (obstacle.Length > 0)
        {
            return new VariantScore(variant, scores, runs, obstacle, double.NaN, double.NaN, double.NaN, null);
        }

        var strata = scores.Values.Select(score => score!.Scores).ToArray();
        double[] all = [.. strata.SelectMany(stratum => stratum)];
        return new VariantScore(
            variant,
            scores,
            runs,
            "",
            Descriptive.Mean(all),
            Descriptive.Median(all),
            Descriptive.InterquartileMean(all),
            strata.Any(stratum => stratum.Count < 2)
                ? null
                : StratifiedBootstrap.Interval(
                    strata, Descriptive.InterquartileMean, new RandomStream(options.BootstrapSeed), replicates: options.Replicates));
    }

    private static string Figure(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}

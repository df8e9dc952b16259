using PlaNet.Common;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>A comparison of runs: a table with one row per task and variant, learning curves, and missing seeds.</summary>
/// <param name="Groups">The runs by experiment, ordered by task, name and hash.</param>
/// <param name="Rows">The rows of the table.</param>
/// <param name="VariantScores">Scores of variants over several tasks.</param>
/// <param name="Notes">One line for everything that was skipped or treated specially, with the reason.</param>
/// <param name="Options">Options of the comparison.</param>
public sealed record ComparisonReport(
    IReadOnlyList<RunGroup> Groups,
    IReadOnlyList<ComparisonRow> Rows,
    IReadOnlyList<VariantScore> VariantScores,
    IReadOnlyList<string> Notes,
    ComparisonOptions Options)
{
    /// <summary>File name of the HTML page.</summary>
    public const string PageFile = "report.html";

    /// <summary>File name of the Markdown tables.</summary>
    public const string MarkdownFile = "report.md";

    /// <summary>File name of the CSV table, one row per group.</summary>
    public const string TableFile = "report.csv";

    /// <summary>File name of the CSV learning curves, one row per group and evaluation.</summary>
    public const string CurvesFile = "curves.csv";

    /// <summary>How the numbers are computed; shown below the table.</summary>
    public string Explanation =>
        "A seed's score is the mean return of its evaluation after the stated number of episodes. "
        + "Mean, median and interquartile mean (IQM) are over seeds. "
        + "The interval is the 95 % percentile interval of the IQM by the bootstrap over seeds "
        + $"({Options.Replicates} replicates, seed {Options.BootstrapSeed}); "
        + "with few seeds it is too narrow. Seeds without an evaluation are counted but not scored.";

    /// <summary>Compares all runs in some folders, at any depth.</summary>
    /// <exception cref="DirectoryNotFoundException">A folder does not exist or is a file.</exception>
    public static ComparisonReport Of(IReadOnlyCollection<string> folders, ComparisonOptions options)
    {
        return Of(RunCollection.Find(folders), options);
    }

    /// <summary>Compares runs.</summary>
    public static ComparisonReport Of(RunCollection runs, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var notes = runs.Notes.ToList();
        var groups = RunGrouping.Of(runs.Runs, options, notes);
        var rows = ComparisonRow.Of(groups, options);
        return new ComparisonReport(groups, rows, VariantScore.Of(rows, options), notes, options);
    }

    /// <summary>Compares all runs in some folders and writes the comparison; see <see cref="WriteTo"/>.</summary>
    /// <param name="folders">Folders of runs; run directories are found at any depth.</param>
    /// <param name="target">Output folder; created if it does not exist.</param>
    /// <param name="options">Expected runs and bootstrap settings.</param>
    /// <exception cref="DirectoryNotFoundException">A folder of runs does not exist or is a file.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static ComparisonReport Write(IReadOnlyCollection<string> folders, string target, ComparisonOptions options)
    {
        var report = Of(folders, options);
        report.WriteTo(target);
        return report;
    }

    /// <summary>Writes the page, the Markdown and both CSV files, each atomically.</summary>
    /// <param name="target">Output folder; created if it does not exist.</param>
    /// <returns>Paths of the files, the page first.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public IReadOnlyList<string> WriteTo(string target)
    {
        var folder = Directory.CreateDirectory(target).FullName;
        var files = new (string Name, string Content)[]
        {
            (PageFile, ComparisonPage.Write(this)),
            (MarkdownFile, ComparisonMarkdown.Write(this)),
            (TableFile, ComparisonCsv.Table(Rows)),
            (CurvesFile, ComparisonCsv.Curves(Groups)),
        };
        foreach (var (name, content) in files)
        {
            AtomicFile.WriteText(Path.Combine(folder, name), content);
        }

        return [.. files.Select(file => Path.Combine(folder, file.Name))];
    }

    /// <summary>Whether a folder holds a written comparison. Such a folder is not reported as a folder without runs.</summary>
    public static bool IsReport(string folder) =>
        File.Exists(Path.Combine(folder, PageFile)) && File.Exists(Path.Combine(folder, CurvesFile));

    /// <summary>A group's name outside tables: the experiment's name, and its hash, because experiments may share a name.</summary>
    public static string NameOf(RunGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return $"{group.Experiment.Name} {group.Hash}";
    }
}

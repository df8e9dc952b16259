using PlaNet.Common;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>Runs beside each other: a table with a row for each task and variant, learning curves, and what is missing.</summary>
/// <param name="Groups">The runs by experiment, ordered by task, name and hash.</param>
/// <param name="Rows">The rows of the table.</param>
/// <param name="Across">Variants over several tasks.</param>
/// <param name="Notes">One line for everything that could not be taken up and why.</param>
/// <param name="Options">What it was made with.</param>
public sealed record ComparisonReport(
    IReadOnlyList<RunGroup> Groups,
    IReadOnlyList<ComparisonRow> Rows,
    IReadOnlyList<VariantScore> Across,
    IReadOnlyList<string> Notes,
    ComparisonOptions Options)
{
    /// <summary>The page.</summary>
    public const string PageFile = "report.html";

    /// <summary>The table for documents.</summary>
    public const string MarkdownFile = "report.md";

    /// <summary>The table, one row a group.</summary>
    public const string TableFile = "report.csv";

    /// <summary>The learning curves, one row for a group and an evaluation.</summary>
    public const string CurvesFile = "curves.csv";

    /// <summary>How the figures come about, for below a table.</summary>
    public string Explanation =>
        "A seed's score is the mean return of its evaluation after the episodes named. Mean, median and interquartile mean (IQM) are over seeds. "
        + $"The interval is the 95 % percentile interval of the IQM by the bootstrap over seeds ({Options.Replicates} replicates, seed {Options.BootstrapSeed}); "
        + "with few seeds it is too narrow. Seeds without an evaluation are counted and not scored.";

    /// <summary>Compares the runs below some folders.</summary>
    /// <param name="folders">The folders; run directories are found at any depth.</param>
    /// <param name="options">What is expected.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static ComparisonReport Of(IReadOnlyCollection<string> folders, ComparisonOptions options)
    {
        return Of(RunCollection.Find(folders), options);
    }

    /// <summary>Compares runs.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="options">What is expected.</param>
    public static ComparisonReport Of(RunCollection runs, ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var notes = runs.Notes.ToList();
        var groups = RunGrouping.Of(runs.Runs, options, notes);
        var rows = ComparisonRow.Of(groups, options);
        return new ComparisonReport(groups, rows, VariantScore.Of(rows, options), notes, options);
    }

    /// <summary>Compares the runs below some folders and writes the comparison; see <see cref="WriteTo"/>.</summary>
    /// <param name="folders">The folders; run directories are found at any depth.</param>
    /// <param name="target">Where the files go; created if it is not there.</param>
    /// <param name="options">What is expected.</param>
    /// <exception cref="DirectoryNotFoundException">One of the folders is not there.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public static ComparisonReport Write(IReadOnlyCollection<string> folders, string target, ComparisonOptions options)
    {
        var report = Of(folders, options);
        report.WriteTo(target);
        return report;
    }

    /// <summary>Writes the page, the Markdown and both tables, each whole or not at all.</summary>
    /// <param name="target">The folder; created if it is not there.</param>
    /// <returns>Paths of the files, the page first.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
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

    /// <summary>Whether a folder holds such a comparison, and so is no folder of runs that lacks them.</summary>
    /// <param name="folder">The folder.</param>
    public static bool IsReport(string folder) => File.Exists(Path.Combine(folder, PageFile)) && File.Exists(Path.Combine(folder, CurvesFile));

    /// <summary>What a group is called where it is not in a table: its experiment, and its hash, which tells it from others of the name.</summary>
    /// <param name="group">The group.</param>
    public static string NameOf(RunGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return $"{group.Experiment.Name} {group.Hash}";
    }
}

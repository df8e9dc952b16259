using System.CommandLine;
using PlaNet.Telemetry.Comparisons;
using Spectre.Console;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet report</c>: puts any set of runs, finished or not, beside each other and beside the paper's figures.</summary>
public static class ReportVerb
{
    // Redirected output has no width; tables are then as wide as they need to be.
    private const int RedirectedWidth = 400;

    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("report", "Compare runs, finished or not: a table beside the paper's figures, learning curves, what is missing");
        var runs = new Option<string[]>("--runs")
        {
            Description = "A folder with runs at any depth; may be given several times",
            HelpName = "DIR",
            Required = true,
        };
        var target = new Option<string?>("--out") { Description = "Where the files go; by default report in the first folder of runs", HelpName = "DIR" };
        var seeds = new Option<int?>("--seeds") { Description = "Seeds that every experiment should have, from 0: others are shown as missing", HelpName = "N" };
        verb.Add(runs);
        verb.Add(target);
        verb.Add(seeds);
        verb.SetAction(line => Report(
            line.GetRequiredValue(runs), line.GetValue(target), line.GetValue(seeds), line.InvocationConfiguration.Output));
        return verb;
    }

    private static int Report(string[] folders, string? target, int? seeds, TextWriter output)
    {
        if (seeds < 1)
        {
            throw new UnusableInputException($"--seeds {seeds}: at least one seed is expected of an experiment. Use a positive number, or leave it out.");
        }

        var report = Compare(folders, new ComparisonOptions { Seeds = seeds });
        var files = Write(report, target ?? Path.Combine(folders[0], "report"));
        Print(report, output);
        foreach (var file in files)
        {
            output.WriteLine(file);
        }

        return ExitCode.Success;
    }

    private static ComparisonReport Compare(string[] folders, ComparisonOptions options)
    {
        ComparisonReport report;
        try
        {
            report = ComparisonReport.Of(folders, options);
        }
        catch (DirectoryNotFoundException failure)
        {
            throw new UnusableInputException($"--runs: {failure.Message}", failure);
        }

        return report.Groups.Count > 0
            ? report
            : throw new UnusableInputException($"--runs: there is no run to report on. {string.Join("; ", report.Notes)}");
    }

    private static IReadOnlyList<string> Write(ComparisonReport report, string target)
    {
        try
        {
            return report.WriteTo(target);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"--out {target}: the report cannot be written there: {failure.Message} Give another folder with --out.", failure);
        }
    }

    /// <summary>Prints a comparison: the table, the remarks on its rows, and what could not be taken up.</summary>
    /// <param name="report">The comparison.</param>
    /// <param name="output">Where to.</param>
    public static void Print(ComparisonReport report, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = RedirectedWidth;
        }

        console.Write(TableOf(ComparisonRow.Columns, report.Rows.Select(row => row.Cells())));
        if (report.Across.Count > 0)
        {
            output.WriteLine("Over tasks");
            console.Write(TableOf(VariantScore.Columns, report.Across.Select(score => score.Cells())));
        }

        foreach (var row in report.Rows.Where(row => !row.IsFurthest))
        {
            foreach (var remark in row.Remarks())
            {
                output.WriteLine($"{ComparisonReport.NameOf(row.Group)}: {remark}");
            }
        }

        foreach (var note in report.Notes)
        {
            output.WriteLine($"note: {note}");
        }
    }
    private static Table TableOf(IReadOnlyList<(string Name, bool IsNumber)> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.Simple };
        foreach (var (name, isNumber) in columns)
        {
            // On a narrow screen cells wrap where there are spaces, and names stay whole.
            var column = new TableColumn(name) { NoWrap = name is "task" or "variant" or "hash", Padding = new Spectre.Console.Padding(0, 0, 1, 0) };
            table.AddColumn(isNumber ? column.RightAligned() : column);
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        return table;
    }
}

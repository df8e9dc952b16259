using System.CommandLine;
using PlaNet.Telemetry.Comparisons;
using Spectre.Console;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet report</c>: compares a set of runs, finished or not, with each other and with the paper's figures.</summary>
public static class ReportVerb
{
    // Redirected output has no width of its own, and the default of 80 would wrap the tables.
    private const int RedirectedWidth = 400;
    private const int MostSeeds = 10_000;

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("report", "Compare runs, finished or not: a table with the paper's figures, learning curves, missing runs");
        var runs = new Option<string[]>("--runs")
        {
            Description = "Folder with runs at any depth; can be repeated",
            HelpName = "DIR",
            Required = true,
        };
        var target = new Option<string?>("--out")
        {
            Description = "Folder for the report; by default report in the first folder of runs",
            HelpName = "DIR",
        };
        var seeds = new Option<int?>("--seeds")
        {
            Description = "Number of seeds expected of every experiment, from 0; those without a run are shown as missing",
            HelpName = "N",
        };
        verb.Add(runs);
        verb.Add(target);
        verb.Add(seeds);
        verb.SetAction(line => Report(
            line.GetRequiredValue(runs), line.GetValue(target), line.GetValue(seeds), line.InvocationConfiguration.Output));
        return verb;
    }

    private static int Report(string[] folders, string? target, int? seeds, TextWriter output)
    {
        if (seeds is < 1 or > MostSeeds)
        {
            throw new UnusableInputException($"--seeds {seeds}: must be from 1 to {MostSeeds}. Give such a number, or leave it out.");
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
            throw new UnusableInputException(
                $"--out {target}: the report cannot be written there: {failure.Message} Give another folder with --out.", failure);
        }
    }

    /// <summary>Prints a comparison: the tables, remarks on rows, and notes on runs that could not be used.</summary>
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
        if (report.VariantScores.Count > 0)
        {
            output.WriteLine("Over tasks");
            console.Write(TableOf(VariantScore.Columns, report.VariantScores.Select(score => score.Cells())));
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
            // On a narrow terminal, names must not be wrapped.
            var column = new TableColumn(name)
            {
                NoWrap = name is "task" or "variant" or "hash",
                Padding = new Spectre.Console.Padding(0, 0, 1, 0),
            };
            table.AddColumn(isNumber ? column.RightAligned() : column);
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        return table;
    }
}

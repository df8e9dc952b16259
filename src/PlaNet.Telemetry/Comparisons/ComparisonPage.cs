using System.Globalization;
using System.Net;
using System.Text;
using PlaNet.Experiments;
using PlaNet.Telemetry.Reports;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>The comparison as one self-contained HTML page without scripts.</summary>
public static class ComparisonPage
{
    private const string Style = """
        h2{font-size:17px;margin:26px 0 10px}.wide{overflow-x:auto}.wide table{margin:0}
        th{text-align:left;font-weight:600;color:var(--soft);padding:3px 18px 6px 0;
        border-bottom:1px solid var(--edge);vertical-align:bottom}
        main{max-width:1440px}.wide td,.wide th{overflow-wrap:normal;padding-right:14px;vertical-align:top}
        .wide td{white-space:nowrap}.wide td.words{white-space:normal;min-width:130px}.words span{white-space:nowrap}
        .wide .number{text-align:right}.wide th.number{max-width:88px}.part td{color:var(--soft)}.part td:first-child{padding-left:14px}
        .bad{color:#c92a2a}.open{color:#a8620a}@media (prefers-color-scheme:dark){.bad{color:#ff8787}.open{color:#f2c14e}}
        .card h3{font-size:14px;margin:0 0 8px;overflow-wrap:anywhere}.card ul,.notes ul{margin:8px 0 0;padding-left:18px;font-size:13px}
        .card details{border:0;padding:0;margin-top:8px}
        .card summary{font-size:13px}p.how{color:var(--soft);font-size:13px;max-width:80ch}.notes li{overflow-wrap:anywhere}
        """;

    /// <summary>Renders the page.</summary>
    public static string Write(ComparisonReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var html = new StringBuilder();
        html.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.Append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Runs compared</title><style>");
        html.Append(RunReport.PageStyle).Append(LineChart.Style).Append(Style).Append("</style></head><body><main><h1>Runs compared</h1>");
        AppendFacts(html, report.Groups);
        html.Append("<div class=\"card wide\">");
        AppendTable(html, report.Rows);
        html.Append("</div><p class=\"how\">").Append(Text(report.Explanation)).Append("</p>");
        AppendVariantScores(html, report.VariantScores);
        if (report.Notes.Count > 0)
        {
            html.Append("<div class=\"card notes\"><b>Notes</b>");
            AppendList(html, report.Notes);
            html.Append("</div>");
        }

        html.Append("<h2>Learning curves</h2><p class=\"how\">");
        html.Append("Median over all evaluation episodes of all seeds, with a band from percentile 5 to 95. ");
        html.Append("Charts of one task share their vertical axis.</p><div class=\"cards\">");
        foreach (var row in report.Rows.Where(row => !row.IsFurthest))
        {
            AppendCurve(html, row, report.Groups.Where(group => group.Task == row.Group.Task));
        }

        html.Append("</div>");
        AppendPublished(html, report.Groups);
        return html.Append("</main></body></html>\n").ToString();
    }

    /// <summary>A group's learning curve: solid up to the last evaluation that all evaluated seeds share, dashed beyond it.</summary>
    public static LineChart ChartOf(RunGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        var curve = group.Curve();
        var common = group.CommonPosition ?? -1;
        var seeds = group.Runs.Count(run => run.Evaluations.Count > 0);
        var series = new List<ChartSeries>
        {
            new($"median of {seeds} {(seeds == 1 ? "seed" : "seeds")}", Points(curve.Where(point => point.Position <= common)), Dots: true),
        };
        if (group.IsUneven)
        {
            series.Add(new ChartSeries("fewer seeds", Points(curve.Where(point => point.Position >= common)), Dots: true, Dashed: true));
        }

        var published = PublishedFigures.All
            .Where(figure => figure.Source == PublishedFigures.DistillFigures && figure.Method is PublishedFigures.Planet
                && figure.Task == group.Task && !group.Experiment.Task.IsExternal && figure.Episodes <= group.FurthestPosition)
            .Select(figure => new ChartPoint(figure.Episodes, figure.Score))
            .ToArray();
        if (published.Length > 0)
        {
            series.Add(new ChartSeries("PlaNet, web version (orientation)", published, Dots: true));
        }

        var open = group.Missing.Count > 0 || group.Runs.Any(run => run.Status is not RunStatus.Done) ? ", unfinished" : "";
        var steps = !group.Experiment.Task.IsExternal
            ? $"; 1 = {TaskOptions.ControlSteps.ToString("N0", CultureInfo.InvariantCulture)} environment steps"
            : "";
        return new LineChart($"Return on {group.Task}{open}", $"collected episodes{steps}", series);
    }

    private static ChartPoint[] Points(IEnumerable<CurvePoint> curve)
    {
        return [.. curve.Select(point => new ChartPoint(point.Position, point.Median, point.Low, point.High))];
    }

    private static void AppendFacts(StringBuilder html, IReadOnlyList<RunGroup> groups)
    {
        var facts = Enum.GetValues<RunStatus>()
            .Select(status => (Name: ComparisonRow.Name(status), Count: groups.Sum(group => group.Count(status))))
            .Where(fact => fact.Count > 0)
            .Prepend(("experiments", groups.Count))
            .Append(("missing", groups.Sum(group => group.Missing.Count)));
        html.Append("<div class=\"facts\">");
        foreach (var (name, count) in facts)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"fact\"><b>{count}</b><span>{name}</span></div>");
        }

        html.Append("</div>");
    }

    private static void AppendTable(StringBuilder html, IReadOnlyList<ComparisonRow> rows)
    {
        html.Append("<table><thead><tr>");
        foreach (var (name, isNumber) in ComparisonRow.Columns)
        {
            html.Append(isNumber ? "<th class=\"number\">" : "<th>").Append(Text(name)).Append("</th>");
        }

        html.Append("</tr></thead><tbody>");
        foreach (var row in rows)
        {
            html.Append(row.IsFurthest ? "<tr class=\"part\">" : "<tr>");
            foreach (var (cell, column) in row.Cells().Zip(ComparisonRow.Columns))
            {
                html.Append(column switch
                {
                    { IsNumber: true } => "<td class=\"number\">",
                    { Name: "runs" or "paper" } => "<td class=\"words\">",
                    _ => "<td>",
                });
                html.Append(column.Name == "runs" && !row.IsFurthest ? StatusHtml(cell) : Text(cell)).Append("</td>");
            }

            html.Append("</tr>");
        }

        html.Append("</tbody></table>");
    }

    private static void AppendVariantScores(StringBuilder html, IReadOnlyList<VariantScore> scores)
    {
        if (scores.Count == 0)
        {
            return;
        }

        html.Append("<h2>Over tasks</h2><div class=\"card wide\"><table><thead><tr>");
        html.AppendJoin("", VariantScore.Columns.Select(column =>
            $"<th class=\"{(column.IsNumber ? "number" : "words")}\">{Text(column.Name)}</th>"));
        html.Append("</tr></thead><tbody>");
        foreach (var score in scores)
        {
            html.Append("<tr>").AppendJoin("", score.Cells().Zip(VariantScore.Columns).Select(cell =>
                $"<td class=\"{(cell.Second.IsNumber ? "number" : "words")}\">{Text(cell.First)}</td>")).Append("</tr>");
        }

        html.Append("</tbody></table></div><p class=\"how\">").Append(Text(VariantScore.Explanation)).Append("</p>");
    }

    private static string StatusHtml(string cell)
    {
        return string.Join(", ", cell.Split(", ").Select(part => part.Split(' ')[^1] switch
        {
            "failed" or "missing" or "unknown" => $"<span class=\"bad\">{Text(part)}</span>",
            "done" => $"<span>{Text(part)}</span>",
            _ => $"<span class=\"open\">{Text(part)}</span>",
        }));
    }

    private static void AppendCurve(StringBuilder html, ComparisonRow row, IEnumerable<RunGroup> ofTask)
    {
        var chart = ChartOf(row.Group) with { Covered = [0, .. ofTask.SelectMany(group => group.Curve()).Select(point => point.High)] };
        html.Append("<div class=\"card\"><h3>").Append(Text(ComparisonReport.NameOf(row.Group))).Append("</h3>").Append(chart.ToSvg());
        AppendList(html, row.Remarks());
        html.Append("<details><summary>Seeds</summary><table><thead><tr>");
        html.Append("<th>seed</th><th>state</th><th>episodes</th><th>last score</th><th>after</th></tr></thead><tbody>");
        foreach (var seed in row.Group.Runs.Select(run => run.Seed).Concat(row.Group.Missing).Order())
        {
            AppendSeed(html, seed, row.Group.Runs.FirstOrDefault(run => run.Seed == seed));
        }

        html.Append("</tbody></table></details></div>");
    }

    private static void AppendSeed(StringBuilder html, ulong seed, RecordedRun? run)
    {
        var last = run is { Evaluations: [.., var found] } ? found : null;
        string[] cells =
        [
            $"{seed}", StatusHtml(run is null ? "missing" : ComparisonRow.Name(run.Status)), run is null ? "-" : $"{run.Episodes}",
            last?.Score.ToString("0.0", CultureInfo.InvariantCulture) ?? "-", last is null ? "-" : $"{last.Position}",
        ];
        html.Append("<tr>").AppendJoin("", cells.Select(cell => $"<td>{cell}</td>")).Append("</tr>");
    }

    private static void AppendPublished(StringBuilder html, IReadOnlyList<RunGroup> groups)
    {
        var tasks = groups.Select(group => group.Task).ToHashSet(StringComparer.Ordinal);
        var figures = PublishedFigures.All
            .Where(figure => tasks.Contains(figure.Task))
            .OrderBy(figure => figure.Task, StringComparer.Ordinal)
            .ToArray();
        if (figures.Length == 0)
        {
            return;
        }

        html.Append("<details><summary>Published figures of these tasks</summary><div class=\"wide\"><table><thead><tr>");
        html.Append("<th>task</th><th>method</th><th class=\"number\">episodes</th>");
        html.Append("<th class=\"number\">score</th><th>source</th></tr></thead><tbody>");
        foreach (var figure in figures)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(figure.Task)}</td><td>{Text(figure.Method)}</td>");
            html.Append(CultureInfo.InvariantCulture, $"<td class=\"number\">{figure.Episodes:N0}</td>");
            html.Append(CultureInfo.InvariantCulture, $"<td class=\"number\">{figure.Score:0}</td>");
            html.Append(CultureInfo.InvariantCulture, $"<td>{Text(figure.Source.Name)}</td></tr>");
        }

        html.Append("</tbody></table></div>");
        AppendList(html, figures.Select(figure => figure.Source).Distinct().Select(source => $"{source.Name}: {source.Description}"));
        html.Append("</details>");
    }

    private static void AppendList(StringBuilder html, IEnumerable<string> lines)
    {
        var items = lines.Select(line => $"<li>{Text(line)}</li>").ToArray();
        if (items.Length > 0)
        {
            html.Append("<ul>").AppendJoin("", items).Append("</ul>");
        }
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}

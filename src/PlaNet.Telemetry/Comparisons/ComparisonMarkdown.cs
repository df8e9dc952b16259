using System.Text;

namespace PlaNet.Telemetry.Comparisons;

/// <summary>The comparison as Markdown: tables with the remarks below them.</summary>
public static class ComparisonMarkdown
{
    /// <summary>Renders the tables, the remarks of each group, and the notes.</summary>
    public static string Write(ComparisonReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        AppendTable(text, ComparisonRow.Columns, report.Rows.Select(row => row.Cells()));
        text.Append('\n').Append(report.Explanation).Append('\n');
        if (report.VariantScores.Count > 0)
        {
            text.Append("\n**Over tasks**\n\n");
            AppendTable(text, VariantScore.Columns, report.VariantScores.Select(score => score.Cells()));
            text.Append('\n').Append(VariantScore.Explanation).Append('\n');
        }

        foreach (var row in report.Rows.Where(row => !row.IsFurthest))
        {
            var remarks = row.Remarks().ToArray();
            if (remarks.Length > 0)
            {
                text.Append('\n').Append("**").Append(Escape(ComparisonReport.NameOf(row.Group))).Append("**\n\n");
                AppendList(text, remarks);
            }
        }

        if (report.Notes.Count > 0)
        {
            text.Append("\n**Notes**\n\n");
            AppendList(text, report.Notes);
        }

        return text.ToString();
    }

    private static void AppendTable(
        StringBuilder text, IReadOnlyList<(string Name, bool IsNumber)> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        AppendRow(text, columns.Select(column => column.Name));
        text.Append('|').AppendJoin('|', columns.Select(column => column.IsNumber ? "---:" : "---")).Append("|\n");
        foreach (var row in rows)
        {
            AppendRow(text, row);
        }
    }

    private static void AppendRow(StringBuilder text, IEnumerable<string> cells)
    {
        text.Append("| ").AppendJoin(" | ", cells.Select(Escape)).Append(" |\n");
    }

    private static void AppendList(StringBuilder text, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            text.Append("* ").Append(Escape(line)).Append('\n');
        }
    }

    // Failure reasons may contain any character. Underscores are left alone: within a word they are not markup.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (@"\`*[]<|#".Contains(letter, StringComparison.Ordinal))
            {
                escaped.Append('\\');
            }

            escaped.Append(letter);
        }

        return escaped.ToString();
    }
}

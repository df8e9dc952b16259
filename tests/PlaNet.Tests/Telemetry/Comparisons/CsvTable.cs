using System.Globalization;

namespace PlaNet.Tests.Telemetry.Comparisons;

/// <summary>Reads the CSV files of a report.</summary>
internal static class CsvTable
{
    /// <summary>Reads CSV with quotes: a list of fields for each line.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Read(string text)
    {
        var rows = new List<IReadOnlyList<string>>();
        var row = new List<string>();
        var field = new System.Text.StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"' when quoted && i + 1 < text.Length && text[i + 1] == '"':
                    field.Append(text[++i]);
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' or '\r' when !quoted:
                    row.Add(field.ToString());
                    field.Clear();
                    break;
                case '\n' when !quoted:
                    rows.Add(row);
                    row = [];
                    break;
                default:
                    field.Append(text[i]);
                    break;
            }
        }

        Assert.False(quoted);
        Assert.Empty(row);
        return rows;
    }

    /// <summary>A field of a table, by the name of its column. Row 0 is the first below the header.</summary>
    public static string Field(IReadOnlyList<IReadOnlyList<string>> table, int row, string column) =>
        table[row + 1][table[0].ToList().IndexOf(column)];

    /// <summary>A number of a table, by the name of its column. Row 0 is the first below the header.</summary>
    public static double Number(IReadOnlyList<IReadOnlyList<string>> table, int row, string column) =>
        double.Parse(Field(table, row, column), CultureInfo.InvariantCulture);
}

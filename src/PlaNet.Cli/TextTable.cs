namespace PlaNet.Cli;

/// <summary>Plain-text tables.</summary>
internal static class TextTable
{
    /// <summary>Prints a table whose columns are as wide as their widest cell.</summary>
    /// <param name="output">Output for the table.</param>
    /// <param name="head">Names of the columns.</param>
    /// <param name="rows">Cells of each row, one per column.</param>
    /// <param name="leftAligned">Number of leading columns that are left-aligned text; the others are right-aligned numbers.</param>
    public static void Write(TextWriter output, IReadOnlyList<string> head, IReadOnlyList<string[]> rows, int leftAligned)
    {
        var widths = head.Select((name, column) => rows.Select(row => row[column].Length).Append(name.Length).Max()).ToArray();
        foreach (var row in rows.Prepend([.. head]))
        {
            var cells = row.Select((cell, column) => column < leftAligned ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}

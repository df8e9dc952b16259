namespace PlaNet.Cli;

/// <summary>A table of plain text.</summary>
internal static class TextTable
{
    /// <summary>Prints a table whose columns are as wide as their contents.</summary>
    /// <param name="output">Where to print.</param>
    /// <param name="head">The names of the columns.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="leftAligned">How many of the first columns are texts; the others are numbers and end flush.</param>
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

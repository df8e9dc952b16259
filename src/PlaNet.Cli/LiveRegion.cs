using System.Text;
using System.Text.RegularExpressions;

namespace PlaNet.Cli;

/// <summary>
/// The last rows of a terminal, rewritten in place; all other lines scroll above them. The cursor stays below the rows, where the terminal
/// may echo ^C. Each change is one write, and nothing is erased before it is overwritten, so nothing flickers.
/// </summary>
/// <param name="output">The terminal.</param>
/// <param name="size">Returns the current columns and lines of the terminal.</param>
public sealed partial class LiveRegion(TextWriter output, Func<(int Columns, int Lines)> size)
{
    private const string EraseBelow = "\u001b[J";
    private const string EraseRest = "\u001b[K";

    private IReadOnlyList<string> _rows = [];

    /// <summary>Columns of the terminal.</summary>
    public int Columns => size().Columns;

    /// <summary>
    /// Whether an output is a terminal that can show a region: not with <c>NO_COLOR</c> (https://no-color.org) or <c>TERM=dumb</c>.
    /// </summary>
    /// <param name="output">The output.</param>
    /// <param name="environment">Returns the value of an environment variable.</param>
    public static bool IsSupported(TextWriter output, Func<string, string?> environment) =>
        GuardedWriter.IsTerminal(output)
        && string.IsNullOrEmpty(environment("NO_COLOR"))
        && environment("TERM") is { Length: > 0 } and not "dumb";

    /// <summary>Size of the terminal of this process; 80 columns and 24 lines if it does not tell.</summary>
    public static (int Columns, int Lines) TerminalSize()
    {
        try
        {
            var (columns, lines) = (Console.WindowWidth, Console.WindowHeight);
            return (columns > 0 ? columns : 80, lines > 0 ? lines : 24);
        }
        catch (IOException)
        {
            return (80, 24);
        }
    }

    /// <summary>Shows other rows.</summary>
    /// <param name="rows">The rows, each narrower than the terminal. Those beyond its lines are left out.</param>
    public void Show(IReadOnlyList<string> rows)
    {
        var (columns, lines) = size();
        IReadOnlyList<string> shown = [.. rows.Take(Math.Max(0, lines - 1))];
        output.Write(Frame(_rows, shown, columns));
        output.Flush();
        _rows = shown;
    }

    /// <summary>Writes lines above the rows.</summary>
    /// <param name="write">Writes the lines to the terminal, by any writer.</param>
    public void Above(Action write)
    {
        output.Write(Frame(_rows, [], size().Columns));
        output.Flush();
        write();
        var rows = _rows;
        _rows = [];
        Show(rows);
    }

    /// <summary>Leaves the rows where they are. Later lines and rows follow below them.</summary>
    public void End() => _rows = [];

    /// <summary>The text that replaces rows by others.</summary>
    /// <param name="shown">The rows above the cursor.</param>
    /// <param name="rows">The rows to show instead.</param>
    /// <param name="columns">
    /// Columns of the terminal. If it has become narrower than a shown row, the terminal has broken that row into several lines.
    /// </param>
    public static string Frame(IReadOnlyList<string> shown, IReadOnlyList<string> rows, int columns)
    {
        var up = shown.Sum(row => Math.Max(1, (Cells(row) + columns - 1) / columns));
        var text = new StringBuilder("\r");
        if (up > 0)
        {
            text.Append("\u001b[").Append(up).Append('A');
        }

        foreach (var row in rows)
        {
            text.Append(row).Append(EraseRest).Append('\n');
        }

        return text.Append(EraseBelow).ToString();
    }

    private static int Cells(string row) => ControlSequence().Replace(row, "").Length;

    [GeneratedRegex(@"\u001b\[[0-9;]*[A-Za-z]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ControlSequence();
}

/// <summary>Passes every line to another writer at a moment when the terminal is ready for it.</summary>
/// <param name="inner">The writer.</param>
/// <param name="aside">Calls the write between two updates of the terminal.</param>
internal sealed class AsideWriter(TextWriter inner, Action<Action> aside) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => aside(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => aside(() => inner.Write(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => aside(() => inner.WriteLine(value));
}

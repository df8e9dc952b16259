using System.Text;

namespace PlaNet.Environments.Processes;

/// <summary>
/// The beginning of the last line of a text that is not blank. A program may write without end and without line feeds, so no more is kept.
/// Thread-safe.
/// </summary>
internal sealed class LastLine
{
    private const int MaxCharacters = 1024;

    private readonly Lock _lock = new();
    private readonly StringBuilder _line = new();
    private string? _complete;

    /// <summary>The line, complete or not: a program that hangs may have asked for something. Null if there is none yet.</summary>
    public string? Text
    {
        get
        {
            lock (_lock)
            {
                return Current ?? _complete;
            }
        }
    }

    private string? Current => $"{_line}".Trim() is { Length: > 0 } text ? text : null;

    /// <summary>Appends to the text.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        lock (_lock)
        {
            foreach (var letter in text)
            {
                if (letter is '\n' or '\r')
                {
                    _complete = Current ?? _complete;
                    _line.Clear();
                }
                else if (_line.Length < MaxCharacters)
                {
                    _line.Append(letter);
                }
            }
        }
    }
}

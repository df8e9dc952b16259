using System.Text;

namespace PlaNet.Tests.Cli;

/// <summary>The lines that a process writes, as they come, and when.</summary>
/// <param name="reader">Where they come from.</param>
internal sealed class PrintedLines(TextReader reader)
{
    private readonly Lock _lock = new();
    private readonly List<(string Text, DateTimeOffset At)> _lines = [];
    private readonly List<(string Part, TaskCompletionSource<(string Text, DateTimeOffset At)> Seen)> _waiting = [];

    /// <summary>Reads to the end.</summary>
    /// <returns>All of it.</returns>
    public async Task<string> ReadToEndAsync()
    {
        var all = new StringBuilder();
        var text = new char[4096];
        var begun = new StringBuilder();
        int read;
        while ((read = await reader.ReadAsync(text)) > 0)
        {
            all.Append(text, 0, read);
            foreach (var letter in text.AsSpan(0, read))
            {
                if (letter == '\n')
                {
                    Note(begun.ToString());
                    begun.Clear();
                }
                else
                {
                    begun.Append(letter);
                }
            }
        }

        return all.ToString();
    }

    /// <summary>Completes when there is a line that contains something: with the line, and the time at which it was read.</summary>
    /// <param name="part">What.</param>
    public Task<(string Text, DateTimeOffset At)> Find(string part)
    {
        lock (_lock)
        {
            var seen = new TaskCompletionSource<(string Text, DateTimeOffset At)>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_lines.Find(line => line.Text.Contains(part, StringComparison.Ordinal)) is { Text: not null } line)
            {
                seen.SetResult(line);
            }
            else
            {
                _waiting.Add((part, seen));
            }

            return seen.Task;
        }
    }

    private void Note(string line)
    {
        lock (_lock)
        {
            var now = TimeProvider.System.GetUtcNow();
            _lines.Add((line, now));
            foreach (var (_, seen) in _waiting.Where(waiting => line.Contains(waiting.Part, StringComparison.Ordinal)))
            {
                seen.TrySetResult((line, now));
            }
        }
    }
}

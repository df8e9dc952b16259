using System.Text;

namespace PlaNet.Tests.Cli;

/// <summary>The lines that a process has written to <paramref name="reader"/> so far, each with the time at which it was read.</summary>
internal sealed class PrintedLines(TextReader reader)
{
    private readonly Lock _lock = new();
    private readonly List<(string Text, DateTimeOffset At)> _lines = [];
    private readonly List<(string Part, TaskCompletionSource<(string Text, DateTimeOffset At)> Seen)> _waiting = [];

    /// <summary>Reads to the end and returns the whole text.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var all = new StringBuilder();
        var text = new char[4096];
        var line = new StringBuilder();
        int read;
        while ((read = await reader.ReadAsync(text)) > 0)
        {
            all.Append(text, 0, read);
            foreach (var letter in text.AsSpan(0, read))
            {
                if (letter == '\n')
                {
                    AddLine(line.ToString());
                    line.Clear();
                }
                else
                {
                    line.Append(letter);
                }
            }
        }

        return all.ToString();
    }

    /// <summary>Completes with the first line that contains <paramref name="part"/>, and the time at which it was read.</summary>
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

    private void AddLine(string line)
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

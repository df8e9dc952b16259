using System.Text;

namespace PlaNet.Tests.Cli;

/// <summary>What a process prints, as it comes.</summary>
internal sealed class PrintedLines
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Part, TaskCompletionSource<string> Seen)> _waiting = [];

    public PrintedLines(TextReader reader) => All = ReadAsync(reader);

    /// <summary>All of it, once the process has closed its output.</summary>
    public Task<string> All { get; }

    /// <summary>Completes with the first line that has a part, printed before this call or after it.</summary>
    public Task<string> With(string part)
    {
        lock (_lock)
        {
            var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_lines.Find(line => line.Contains(part, StringComparison.Ordinal)) is { } line)
            {
                seen.SetResult(line);
            }
            else if (All is { IsCompleted: true })
            {
                seen.SetException(Missing(part));
            }
            else
            {
                _waiting.Add((part, seen));
            }

            return seen.Task;
        }
    }

    private async Task<string> ReadAsync(TextReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _text.Append(line).Append('\n');
                _lines.Add(line);
                foreach (var (_, seen) in _waiting.Where(waiting => line.Contains(waiting.Part, StringComparison.Ordinal)))
                {
                    seen.TrySetResult(line);
                }
            }
        }

        lock (_lock)
        {
            foreach (var (part, seen) in _waiting)
            {
                seen.TrySetException(Missing(part));
            }

            return _text.ToString();
        }
    }

    private Xunit.Sdk.XunitException Missing(string part) => new($"\"{part}\" was not printed: {_text}");
}

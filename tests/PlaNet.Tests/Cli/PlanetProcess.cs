using System.Diagnostics;
using PlaNet.Telemetry;

namespace PlaNet.Tests.Cli;

/// <summary>The <c>planet</c> command as its users run it: in a process of its own.</summary>
internal sealed class PlanetProcess : IDisposable
{
    // Far more than anything here takes on a busy machine: only a hang gets there.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly PrintedLines _printed;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private PlanetProcess(Process process)
    {
        _process = process;
        _printed = new PrintedLines(process.StandardOutput);
        _output = _printed.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public static PlanetProcess Start(IEnumerable<string> words, params (string Name, string Value)[] environment) => Start([], words, environment);

    /// <summary>Starts the command by another, which becomes it.</summary>
    /// <param name="starter">That program and its words.</param>
    /// <param name="words">The words of the command.</param>
    /// <param name="environment">Variables besides the test's own.</param>
    public static PlanetProcess StartBy(string[] starter, IEnumerable<string> words, params (string Name, string Value)[] environment) => Start(starter, words, environment);

    /// <summary>Starts the command in a group of its own, for <see cref="SignalGroup"/>: who stops the tests does not stop it with them.</summary>
    public static PlanetProcess StartGroup(IEnumerable<string> words) => Start(["setsid"], words, []);

    private static PlanetProcess Start(string[] starter, IEnumerable<string> words, (string Name, string Value)[] environment)
    {
        // Hears signals, which a shell has its jobs in the background ignore. Each of these programs becomes the next one.
        string[] line = [.. starter, "env", "--default-signal=INT,TERM,HUP", "dotnet", Path.Combine(AppContext.BaseDirectory, "planet.dll")];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new PlanetProcess(Process.Start(start)!);
    }

    /// <summary>The process's number.</summary>
    public int Id => _process.Id;

    /// <summary>Runs the command to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> Run(IEnumerable<string> words, params (string Name, string Value)[] environment)
    {
        using var process = Start(words, environment);
        return await process.End();
    }

    /// <summary>Standard error without the lines that tell of decisions on a machine that is slow at the moment.</summary>
    public static string WithoutProgress(string error) =>
        string.Concat(error.Split('\n').Where(line => !line.StartsWith("decision ", StringComparison.Ordinal)));

    public async Task<(int Code, string Output, string Error)> End(TimeSpan? patience = null)
    {
        await _process.WaitForExitAsync().WaitAsync(patience ?? s_patience);
#pragma warning disable VSTHRD003 // Both end with the process, which has ended.
        return (_process.ExitCode, await _output, await _error);
#pragma warning restore VSTHRD003
    }

    /// <summary>What <c>kill -9</c> does: the process gets no chance to do anything about it.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        Assert.Equal(128 + 9, _process.ExitCode);
    }

    /// <summary>What SIGTERM does: it hears it even where it was started by a shell in the background.</summary>
    public Task Terminate() => Signal("TERM", _process.Id);

    /// <summary>Waits until it has written a line to standard output, before this call or after it.</summary>
    /// <param name="part">What the line contains.</param>
    /// <returns>The line, and when it was written.</returns>
    public async Task<(string Text, DateTimeOffset At)> Printed(string part)
    {
        var written = _printed.Find(part);
        await Task.WhenAny(written, _process.WaitForExitAsync()).WaitAsync(s_patience);
        if (!written.IsCompleted)
        {
            // The last lines come with the end.
            var (code, output, error) = await End();
            Assert.True(written.IsCompleted, $"planet ended with {code} before it wrote \"{part}\": {output}{error}");
        }

#pragma warning disable VSTHRD003 // It is complete.
        return await written;
#pragma warning restore VSTHRD003
    }

    /// <summary>Whether the process has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>What Ctrl-C does.</summary>
    public Task Interrupt() => Signal("INT", _process.Id);

    /// <summary>Sends a signal so many times, one right after the other.</summary>
    public Task Repeat(string name, int times) => Signal(name, [.. Enumerable.Repeat(_process.Id, times)]);

    /// <summary>Sends a signal to the process and to all that it has started.</summary>
    public Task SignalGroup(string name) => Signal(name, -_process.Id);

    /// <summary>Waits until the process has computed for so long from now on.</summary>
    public async Task Computed(TimeSpan cpu)
    {
        for (var start = _process.TotalProcessorTime; _process.TotalProcessorTime < start + cpu; _process.Refresh())
        {
            await Task.Delay(10);
        }
    }

    /// <summary>Freezes the process until <see cref="Thaw"/>.</summary>
    public Task Freeze() => Signal("STOP", _process.Id);

    /// <summary>Lets a frozen process continue.</summary>
    public Task Thaw() => Signal("CONT", _process.Id);

    /// <summary>What <c>kill -9</c> does to each process that this one has started.</summary>
    public async Task KillChildren()
    {
        // A child belongs to the thread that started it.
        var children = Directory.GetDirectories($"/proc/{_process.Id}/task")
            .SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.NotEmpty(children);
        foreach (var child in children)
        {
            await Signal("KILL", int.Parse(child));
        }
    }

    /// <summary>Waits until the run has logged a line.</summary>
    /// <param name="run">The run directory.</param>
    /// <param name="line">Which line.</param>
    public async Task Logged(string run, Func<MetricsLine, bool> line)
    {
        Directory.CreateDirectory(run);
        var path = Path.Combine(run, "metrics.jsonl");
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (MetricsLog.Read(path).Any(line))
            {
                seen.TrySetResult();
            }
        }

        using var watcher = new FileSystemWatcher(run, "metrics.jsonl");
        watcher.Created += (_, _) => Look();
        watcher.Changed += (_, _) => Look();
        watcher.Renamed += (_, _) => Look();
        watcher.EnableRaisingEvents = true;
        Look();
        await Task.WhenAny(seen.Task, _process.WaitForExitAsync()).WaitAsync(s_patience);
        if (!seen.Task.IsCompleted)
        {
            var (code, output, error) = await End();
            Assert.Fail($"planet ended with {code} before it logged the line: {output}{error}");
        }
    }

    private static async Task Signal(string name, params int[] processes)
    {
        using var kill = Process.Start("kill", [$"-{name}", "--", .. processes.Select(process => process.ToString())]);
        await kill.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}

using System.Diagnostics;
using PlaNet.Telemetry;

namespace PlaNet.Tests.Cli;

/// <summary>The <c>planet</c> command as its users run it: in a process of its own.</summary>
internal sealed class PlanetProcess : IDisposable
{
    // Reached only when a process hangs, also on a busy machine.
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(3);

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

    public static PlanetProcess Start(IEnumerable<string> words, params (string Name, string Value)[] environment) =>
        Start([], words, environment);

    /// <summary>Starts the command through another program, which replaces itself with it (exec).</summary>
    /// <param name="starter">That program and its arguments.</param>
    /// <param name="words">The arguments of <c>planet</c>.</param>
    /// <param name="environment">Variables in addition to those of the test process.</param>
    public static PlanetProcess StartBy(string[] starter, IEnumerable<string> words, params (string Name, string Value)[] environment) =>
        Start(starter, words, environment);

    /// <summary>Starts the command in a process group of its own, so that <see cref="SignalGroup"/> does not signal the tests.</summary>
    public static PlanetProcess StartGroup(IEnumerable<string> words, params (string Name, string Value)[] environment) =>
        Start(["setsid"], words, environment);

    private static PlanetProcess Start(string[] starter, IEnumerable<string> words, (string Name, string Value)[] environment)
    {
        // A shell makes its background jobs ignore these signals; env restores them. Each program replaces itself with the next one (exec).
        string[] line =
        [
            .. starter, "env", "--default-signal=INT,TERM,HUP", "dotnet", Path.Combine(AppContext.BaseDirectory, "planet.dll")
        ];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false
        };
        foreach (var word in words)
        {
            start.ArgumentList.Add(word);
        }

        // Encoding videos takes a third of the processor time of a small run; the tests of MP4 have a class of their own.
        start.Environment["PLANET__FFMPEG"] = "";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new PlanetProcess(Process.Start(start)!);
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Runs the command to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> Run(
        IEnumerable<string> words, params (string Name, string Value)[] environment)
    {
        using var process = Start(words, environment);
        return await process.End();
    }

    /// <summary>Runs the command to its end through another program, as <see cref="StartBy"/>.</summary>
    public static async Task<(int Code, string Output, string Error)> RunBy(string[] starter, IEnumerable<string> words)
    {
        using var process = StartBy(starter, words);
        return await process.End();
    }

    /// <summary>Standard error without the progress lines that appear on a slow machine; every other line is kept.</summary>
    public static string WithoutProgress(string error) =>
        string.Join('\n', error.Split('\n').Where(line => !line.StartsWith("decision ", StringComparison.Ordinal)));

    public async Task<(int Code, string Output, string Error)> End(TimeSpan? timeout = null)
    {
        await _process.WaitForExitAsync().WaitAsync(timeout ?? s_timeout);
#pragma warning disable VSTHRD003 // Both end with the process, which has ended.
        return (_process.ExitCode, await _output, await _error);
#pragma warning restore VSTHRD003
    }

    /// <summary>Sends SIGKILL, which the process cannot handle, and waits for the end.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(s_timeout);
        Assert.Equal(128 + 9, _process.ExitCode);
    }

    /// <summary>Sends SIGTERM.</summary>
    public Task Terminate() => Signal("TERM", _process.Id);

    /// <summary>Waits for a line on standard output that contains <paramref name="part"/>; lines written before this call count.</summary>
    /// <returns>The line, and the time at which it was read.</returns>
    public async Task<(string Text, DateTimeOffset At)> Printed(string part)
    {
        var written = _printed.Find(part);
        await Task.WhenAny(written, _process.WaitForExitAsync()).WaitAsync(s_timeout);
        if (!written.IsCompleted)
        {
            // The last lines are read only when the output has ended.
            var (code, output, error) = await End();
            Assert.True(written.IsCompleted, $"planet ended with {code} before it wrote \"{part}\": {output}{error}");
        }

#pragma warning disable VSTHRD003 // It is complete.
        return await written;
#pragma warning restore VSTHRD003
    }

    /// <summary>Whether the process has ended.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Sends SIGINT, as Ctrl-C does.</summary>
    public Task Interrupt() => Signal("INT", _process.Id);

    /// <summary>Sends a signal several times without a pause.</summary>
    public Task Repeat(string name, int times) => Signal(name, [.. Enumerable.Repeat(_process.Id, times)]);

    /// <summary>Sends a signal to the process group: the process and its children.</summary>
    public Task SignalGroup(string name) => Signal(name, -_process.Id);

    /// <summary>Waits until the process has used this much more CPU time.</summary>
    public async Task Computed(TimeSpan cpu)
    {
        for (var start = _process.TotalProcessorTime; _process.TotalProcessorTime < start + cpu; _process.Refresh())
        {
            await Task.Delay(10);
        }
    }

    /// <summary>Memory in use, native allocations included.</summary>
    public double ResidentMebibytes()
    {
        _process.Refresh();
        return _process.WorkingSet64 / 1048576.0;
    }

    /// <summary>Freezes the process until <see cref="Thaw"/>.</summary>
    public Task Freeze() => Signal("STOP", _process.Id);

    /// <summary>Lets a frozen process continue.</summary>
    public Task Thaw() => Signal("CONT", _process.Id);

    /// <summary>Sends SIGKILL to each child of the process.</summary>
    public async Task KillChildren()
    {
        // Linux lists children by the thread that started them.
        var children = Directory.GetDirectories($"/proc/{_process.Id}/task")
            .SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        Assert.NotEmpty(children);
        foreach (var child in children)
        {
            await Signal("KILL", int.Parse(child));
        }
    }

    /// <summary>Waits until the metrics of the run directory have a line for which <paramref name="line"/> holds.</summary>
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
        await Task.WhenAny(seen.Task, _process.WaitForExitAsync()).WaitAsync(s_timeout);
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

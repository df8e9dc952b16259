using System.Diagnostics;
using System.Globalization;
using PlaNet.Cli;
using PlaNet.Common;
using PlaNet.Runs;
using PlaNet.Telemetry;

namespace PlaNet.Benchmarks;

/// <summary>
/// Trains for a long time, in two runs at once: one is killed at random and resumed again and again, the other lives as long as the
/// program. Both are sampled for what grows or is left behind.
/// </summary>
internal sealed class Soak
{
    // Set in every process of one life, so that its descendants are found, also after their parents' end.
    private const string Mark = "PLANET_SOAK";
    private const double LongestSeconds = 15;

    private static readonly TimeSpan s_sampling = TimeSpan.FromSeconds(1);

    // Only a hang gets there, also on a busy machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_beginning = TimeSpan.FromMinutes(5);

    private static readonly string[] s_signals = ["KILL", "TERM", "INT"];

    // Episodes of ten decisions, evaluations with videos, environments in processes of their own, and a replay memory that is soon full.
    private static readonly string[] s_options =
    [
        "task.action_repeat=100", "task.isolation=process", "task.render_quality=fast",
        "model.stochastic_size=4", "model.belief_size=8", "model.hidden_size=8", "model.depth=1",
        "model.reward_layers=1", "model.reward_units=8",
        "planner.horizon=3", "planner.iterations=2", "planner.candidates=8", "planner.elites=2",
        "replay.batch_size=2", "replay.chunk_length=4", "replay.memory_mebibytes=1",
        "schedule.seed_episodes=2", "schedule.test_episodes=1", "schedule.collect_interval=3",
        "evaluation.episodes=2", "evaluation.every=5", "compute.threads=1",
    ];

    private static readonly string[] s_lockstep = ["schedule.episodes=40"];
    private static readonly string[] s_overlapped =
        ["schedule.episodes=40", "schedule.order=overlapped", "schedule.environments=3", "schedule.lag=2"];

    private static readonly string[] s_endless =
        ["schedule.episodes=1000000", "schedule.order=overlapped", "schedule.environments=3", "schedule.lag=2"];

    private readonly RandomStream _random;
    private readonly TimeSpan _time;
    private readonly string _folder;
    private long _start;
    private readonly List<SoakLife> _lives = [];
    private readonly SortedDictionary<string, int> _ends = new(StringComparer.Ordinal);
    private readonly List<string> _failures = [];
    private double _warmUp;
    private int _completed;
    private int _resumes;
    private int _orphans;
    private long _updates;

    private Soak(double minutes, ulong seed, string folder)
    {
        _random = RandomStream.Fork(seed, "soak");
        _time = TimeSpan.FromMinutes(minutes);
        _folder = folder;
    }

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Runs <c>soak [--minutes N] [--seed N]</c> and prints a table.</summary>
    /// <param name="words">Arguments after "soak".</param>
    /// <param name="output">Receives progress and the table.</param>
    /// <returns>0, 1 if something grew, was left behind or did not resume, or 2 for a usage error.</returns>
    public static async Task<int> RunAsync(string[] words, TextWriter output)
    {
        var (minutes, seed) = (30.0, 1UL);
        for (var i = 0; i < words.Length; i += 2)
        {
            var value = i + 1 < words.Length ? words[i + 1] : "";
            var read = words[i] switch
            {
                "--minutes" =>
                    double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out minutes) && minutes is >= 1 and <= 100_000,
                "--seed" => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seed),
                _ => false,
            };
            if (!read)
            {
                output.WriteLine("usage: soak [--minutes N] [--seed N], with at least 1 minute");
                return 2;
            }
        }

        var folder = Directory.CreateTempSubdirectory("planet-soak-").FullName;
        var soak = new Soak(minutes, seed, folder);
        await soak.RunAsync(output);
        var kept = soak._failures.Count > 0;
        output.WriteLine(kept ? $"\nThe runs are kept in {folder}." : "\nNothing grew, nothing was left behind, and every run resumed.");
        if (!kept)
        {
            Directory.Delete(folder, recursive: true);
        }

        return kept ? 1 : 0;
    }

    private async Task RunAsync(TextWriter output)
    {
        // The time begins with the first video: before, the undisturbed run opens files that it keeps.
        using var ended = new CancellationTokenSource();
        var path = Path.Combine(_folder, "endless");
        var endless = LiveAsync(path, s_endless, wait: null, ended.Token);
        var since = Stopwatch.GetTimestamp();
        while (!endless.IsCompleted && !HasVideo(path))
        {
            if (Stopwatch.GetElapsedTime(since) > s_beginning)
            {
                _failures.Add($"the undisturbed run had no video after {s_beginning.TotalMinutes} minutes");
                break;
            }

            await Task.Delay(s_sampling, TimeProvider.System);
        }

        _start = Stopwatch.GetTimestamp();
        _warmUp = Stopwatch.GetElapsedTime(since, _start).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_warmUp:F0} s until the first video"));
        ended.CancelAfter(_time);
        for (var run = 1; Elapsed < _time && !endless.IsCompleted; run++)
        {
            await RepeatAsync(Path.Combine(_folder, $"run-{run}"), run % 2 == 0 ? s_lockstep : s_overlapped, output);
        }

        var whole = await endless;
        Print(whole, output);
    }

    // Kills a run and resumes it until it is complete, or until the time is over.
    private async Task RepeatAsync(string run, string[] options, TextWriter output)
    {
        for (var resumed = false; Elapsed < _time; resumed = true)
        {
            // Some processes are killed while they begin, the others after they have made progress.
            var wait = new SoakWait(TimeSpan.FromSeconds(0.2 + (_random.NextDouble() * LongestSeconds)), _random.NextInt32(4) > 0);
            var life = await LiveAsync(run, options, wait, CancellationToken.None);
            _lives.Add(life);
            _resumes += resumed ? 1 : 0;
            var updates = UpdatesOf(run);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Elapsed.TotalSeconds,6:F0} s: {Path.GetFileName(run)} ended with {life.Code} by {life.End} after {life.Seconds:F1} s, {updates} updates"));
            if (life.Code == ExitCode.Success)
            {
                _completed++;
                _updates += updates;
                Directory.Delete(run, recursive: true);
                return;
            }

            if (life.Failed)
            {
                return;
            }
        }

        _updates += UpdatesOf(run);
    }

    // One process, from its start to its end, which is a random signal after the wait or when the token is cancelled.
    private async Task<SoakLife> LiveAsync(string run, string[] options, SoakWait? wait, CancellationToken over)
    {
        var mark = $"{Environment.ProcessId}-{_random.NextUInt64():x}";
        var signal = s_signals[_random.NextInt32(s_signals.Length)];

        // A shell makes its background jobs ignore these signals; env restores them, and replaces itself with the command.
        var start = new ProcessStartInfo(
            "env", ["--default-signal=INT,TERM,HUP", "dotnet", Path.Combine(AppContext.BaseDirectory, "planet.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var word in (string[])
        [
            "train", "--experiment", "small", "--seed", "1", "--out", run,
            .. s_options.Concat(options).Select(option => $"--set={option}")
        ])
        {
            start.ArgumentList.Add(word);
        }

        start.Environment[Mark] = mark;
        using var process = Process.Start(start)!;
        var (output, error) =
            (process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None));
        var (since, samples) = (Stopwatch.GetTimestamp(), new List<SoakSample>());
        var exit = process.WaitForExitAsync(CancellationToken.None);
        var updates = UpdatesOf(run);
        long? waiting = wait is { AfterProgress: false } ? since : null;
        var stuck = false;
        try
        {
            while (!over.IsCancellationRequested && !stuck && !(waiting is { } from && Stopwatch.GetElapsedTime(from) >= wait!.Time))
            {
                await Task.WhenAny(exit, Task.Delay(s_sampling, TimeProvider.System, over));
                if (exit.IsCompleted)
                {
                    break;
                }

                if (wait is not null && waiting is null)
                {
                    waiting = UpdatesOf(run) > updates ? Stopwatch.GetTimestamp() : null;
                    stuck = waiting is null && Stopwatch.GetElapsedTime(since) > s_beginning;
                }

                if (SoakSample.Of(process.Id, Stopwatch.GetElapsedTime(since).TotalSeconds) is { } sample)
                {
                    samples.Add(sample);
                }
            }

            var end = exit.IsCompleted ? "itself" : $"SIG{signal}";
            var seconds = Stopwatch.GetElapsedTime(since).TotalSeconds;
            if (!exit.IsCompleted)
            {
                using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
                await kill.WaitForExitAsync(CancellationToken.None);
            }

            await exit.WaitAsync(s_patience, TimeProvider.System, CancellationToken.None);
            var left = await OrphansAsync(mark);
#pragma warning disable VSTHRD003 // Both end with the process and its descendants.
            var message = left > 0 ? "" : (await error).Trim();
            await (left > 0 ? Task.CompletedTask : output);
#pragma warning restore VSTHRD003

            // 130 is an interrupted run; a signal before the command has begun ends the process by its default action.
            int[] expected = end == "itself" ? [ExitCode.Success] : signal switch
            {
                "KILL" => [128 + 9, ExitCode.Success],
                "TERM" => [ExitCode.Interrupted, 128 + 15, ExitCode.Success],
                _ => [ExitCode.Interrupted, ExitCode.Success],
            };
            var failed = stuck || !expected.Contains(process.ExitCode);
            lock (_failures)
            {
                _ends[end] = _ends.GetValueOrDefault(end) + 1;
                _orphans += left;
                if (failed)
                {
                    var without = stuck ? ", without progress" : "";
                    _failures.Add(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Path.GetFileName(run)} ended with {process.ExitCode} by {end} after {seconds:F1} s{without}: {OneLine.Of(message, 1000)}"));
                }
            }

            return new SoakLife(
                end, process.ExitCode, seconds, Elapsed.TotalSeconds, failed, waiting is not null && wait!.AfterProgress, samples);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    // Number of processes of a life that do not end after it; they are killed.
    private static async Task<int> OrphansAsync(string mark)
    {
        var since = Stopwatch.GetTimestamp();
        int[] left;
        do
        {
            left = [.. SoakSample.Marked($"{Mark}={mark}")];
            if (left.Length == 0)
            {
                return 0;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
        while (Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(20));

        foreach (var id in left)
        {
            using var kill = Process.Start("kill", ["-KILL", $"{id}"]);
            await kill.WaitForExitAsync(CancellationToken.None);
        }

        return left.Length;
    }

    private static bool HasVideo(string run) =>
        new RunFolder(run).Videos is var videos && Directory.Exists(videos) && Directory.GetFiles(videos, "*.gif").Length > 0;

    private static long UpdatesOf(string run)
    {
        var metrics = new RunFolder(run).MetricsFile;
        return File.Exists(metrics) ? MetricsLog.Read(metrics).Select(line => line.Step).DefaultIfEmpty().Max() : 0;
    }

    // ---- Judgement ----

    private void Print(SoakLife whole, TextWriter output)
    {
        var third = _time.TotalSeconds / 3;
        var (lived, livedFirst, livedLast) = ("killed run, end of lives", Ends(0, third), Ends(2 * third, double.PositiveInfinity));
        var (first, last) = (Window(whole.Samples, _warmUp + third), Window(whole.Samples, Math.Max(_warmUp + third, whole.Seconds)));
        output.WriteLine();
        output.WriteLine("| | first third | last third |");
        output.WriteLine("|---|---|---|");
        Row(output, $"resident memory, MiB: {lived}", livedFirst, livedLast, sample => sample.Mebibytes, 1.2);
        Row(output, "resident memory, MiB: endless run", first, last, sample => sample.Mebibytes, 1.2);
        Row(output, $"open files: {lived}", livedFirst, livedLast, sample => sample.Files, null);

        // The minimum of a whole third, because an evaluation opens six pipes to its environments, and may last longer than a window.
        Row(
            output,
            "open files: endless run",
            Fewest(whole.Samples, _warmUp, _warmUp + third),
            Fewest(whole.Samples, _warmUp + (2 * third), double.PositiveInfinity),
            sample => sample.Files,
            1.05);
        Row(output, "threads: endless run", first, last, sample => sample.Threads, null);
        output.WriteLine();
        output.WriteLine("| ends of processes | resumes | runs completed | updates | orphans |");
        output.WriteLine("|---|---|---|---|---|");
        var ends = string.Join(", ", _ends.Select(end => $"{end.Value} by {end.Key}"));
        output.WriteLine($"| {ends} | {_resumes} | {_completed} | {_updates + UpdatesOf(Path.Combine(_folder, "endless"))} | {_orphans} |");
        if (_orphans > 0)
        {
            _failures.Add($"{_orphans} processes were left behind");
        }

        if (whole.End == "itself")
        {
            _failures.Add("the endless run ended by itself");
        }

        _failures.ForEach(failure => output.WriteLine($"failed: {failure}"));
    }

    // Prints medians, and adds a failure if the later one is above the limit.
    private void Row(
        TextWriter output, string name, List<SoakSample> first, List<SoakSample> last, Func<SoakSample, double> value, double? limit)
    {
        var (before, after) = (Median(first, value), Median(last, value));
        if (limit is not null && (first.Count == 0 || last.Count == 0))
        {
            _failures.Add($"{name} was not sampled in both thirds: soak for more minutes");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {before:F0} | {after:F0} |"));
        if (after > before * limit)
        {
            _failures.Add(string.Create(CultureInfo.InvariantCulture, $"{name} grew from {before:F0} to {after:F0}"));
        }
    }

    private static List<SoakSample> Fewest(IReadOnlyList<SoakSample> samples, double from, double to) =>
        [.. samples.Where(sample => sample.Seconds >= from && sample.Seconds < to).OrderBy(sample => sample.Files).Take(1)];

    private static double Median(List<SoakSample> samples, Func<SoakSample, double> value)
    {
        var sorted = samples.Select(value).Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[sorted.Length / 2];
    }

    // The last samples of comparable lives: those that made progress.
    private List<SoakSample> Ends(double from, double to) =>
    [
        .. _lives.Where(life => life.Ended >= from && life.Ended < to && life.Progressed && life.Samples.Count > 0)
            .Select(life => life.Samples[^1]),
    ];

    // The samples of the third before a time, in its last fifth.
    private List<SoakSample> Window(IReadOnlyList<SoakSample> samples, double end)
    {
        var begin = end - (_time.TotalSeconds / 15);
        return [.. samples.Where(sample => sample.Seconds >= begin && sample.Seconds <= end)];
    }
}

/// <summary>One process of a run.</summary>
/// <param name="End">What ended it.</param>
/// <param name="Code">Its exit code.</param>
/// <param name="Seconds">How long it lived before the signal.</param>
/// <param name="Ended">When it ended, seconds since the beginning.</param>
/// <param name="Failed">Whether it ended otherwise than the signal asks for, or made no progress.</param>
/// <param name="Progressed">Whether it was killed after progress.</param>
/// <param name="Samples">Its samples, in order.</param>
internal sealed record SoakLife(
    string End, int Code, double Seconds, double Ended, bool Failed, bool Progressed, IReadOnlyList<SoakSample> Samples);

/// <summary>When a process is killed.</summary>
/// <param name="Time">Time after its start, or after its first update.</param>
/// <param name="AfterProgress">Which of them.</param>
internal sealed record SoakWait(TimeSpan Time, bool AfterProgress);

/// <summary>What a process uses.</summary>
/// <param name="Seconds">Time since its start.</param>
/// <param name="Mebibytes">Resident memory.</param>
/// <param name="Files">Open files, without libraries: they are loaded when they are first needed, and stay open.</param>
/// <param name="Threads">Threads.</param>
internal sealed record SoakSample(double Seconds, double Mebibytes, int Files, int Threads)
{
    /// <summary>A sample of a process; null if it has ended.</summary>
    public static SoakSample? Of(int id, double seconds)
    {
        try
        {
            var status = File.ReadAllLines($"/proc/{id}/status");
            double Number(string name) => double.Parse(
                status.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', '\t')
                    .First(word => word.Length > 0 && char.IsAsciiDigit(word[0])),
                CultureInfo.InvariantCulture);
            var files = Directory.GetFileSystemEntries($"/proc/{id}/fd").Count(IsCounted);
            return new SoakSample(seconds, Number("VmRSS:") / 1024, files, (int)Number("Threads:"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return null;
        }
    }

    // A file that was closed in between has no target.
    private static bool IsCounted(string descriptor) =>
        new FileInfo(descriptor).LinkTarget is { } target
        && !target.EndsWith(".dll", StringComparison.Ordinal)
        && !Path.GetFileName(target).Contains(".so", StringComparison.Ordinal);

    /// <summary>The processes with a variable in their environment.</summary>
    /// <param name="variable">Name and value, with '=' in between.</param>
    public static IEnumerable<int> Marked(string variable)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && HasVariable(folder))
            {
                yield return id;
            }
        }

        bool HasVariable(string folder)
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, "environ")).Split('\0').Contains(variable, StringComparer.Ordinal);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }
}

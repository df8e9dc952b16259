using System.Globalization;
using PlaNet.Telemetry;

namespace PlaNet.Cli;

/// <summary>Prints the progress of a verb's work with its rate and the time left, at most one line every 5 seconds.</summary>
/// <param name="error">Output for progress: standard error, so that standard output contains only results.</param>
/// <param name="time">The clock.</param>
/// <param name="unit">What is counted, in the plural.</param>
public sealed class WorkProgress(TextWriter error, TimeProvider time, string unit = "decisions")
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
    private readonly long _start = time.GetTimestamp();
    private long _shown = time.GetTimestamp();

    /// <summary>Receives the number of files that are done, and of all.</summary>
    /// <param name="error">Output for progress.</param>
    public static Action<int, int> OfFiles(TextWriter error)
    {
        var progress = new WorkProgress(error, TimeProvider.System, "files");
        return (done, total) => progress.Report(done, total, $"file {done} of {total}");
    }

    /// <summary>Reports progress; prints nothing if the last line is less than 5 seconds old.</summary>
    /// <param name="done">Units done so far, above 0.</param>
    /// <param name="total">Units of all the work.</param>
    /// <param name="where">Position within the work, printed first.</param>
    public void Report(double done, double total, string where)
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(_shown, now) < s_interval)
        {
            return;
        }

        _shown = now;
        var spent = time.GetElapsedTime(_start, now);
        var rate = done / spent.TotalSeconds;
        var left = ProgressLine.Duration(spent * ((total - done) / done));
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{where} | {rate:F1} {unit}/s | {left} left"));
    }
}

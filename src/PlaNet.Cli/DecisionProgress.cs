using System.Globalization;
using PlaNet.Telemetry;

namespace PlaNet.Cli;

/// <summary>Prints the progress of playing episodes and the time left, at most one line every 5 seconds.</summary>
/// <param name="error">Output for progress: standard error, so that standard output contains only results.</param>
/// <param name="time">The clock.</param>
public sealed class DecisionProgress(TextWriter error, TimeProvider time)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
    private readonly long _start = time.GetTimestamp();
    private long _shown = time.GetTimestamp();

    /// <summary>Reports progress; prints nothing if the last line is less than 5 seconds old.</summary>
    /// <param name="made">Decisions made so far.</param>
    /// <param name="total">Decisions of all episodes.</param>
    /// <param name="where">Position within the episodes, printed first.</param>
    public void Report(double made, double total, string where)
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(_shown, now) < s_interval)
        {
            return;
        }

        _shown = now;
        var spent = time.GetElapsedTime(_start, now);
        var rate = made / spent.TotalSeconds;
        var left = ProgressLine.Duration(spent * ((total - made) / made));
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{where} | {rate:F1} decisions/s | {left} left"));
    }
}

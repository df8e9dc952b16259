using System.Globalization;
using PlaNet.Telemetry;

namespace PlaNet.Cli;

/// <summary>Says how far the playing of episodes is and how long it will still take, a line every few seconds.</summary>
/// <param name="error">Where to: standard error, so that results stay clean.</param>
/// <param name="time">The clock.</param>
public sealed class DecisionProgress(TextWriter error, TimeProvider time)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(5);
    private readonly long _start = time.GetTimestamp();
    private long _shown = time.GetTimestamp();

    /// <summary>Takes note of a decision and says so, unless something was said a moment ago.</summary>
    /// <param name="made">Decisions made, in all.</param>
    /// <param name="total">Decisions there will be, in all.</param>
    /// <param name="where">Where in the episodes that is.</param>
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
        error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{where} | {rate:F1} decisions/s | {ProgressLine.Duration(spent * ((total - made) / made))} left"));
    }
}

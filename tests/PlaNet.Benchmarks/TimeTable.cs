using System.Diagnostics;
using System.Globalization;

namespace PlaNet.Benchmarks;

/// <summary>A table of how long calls take, in which the slow ones count.</summary>
internal static class TimeTable
{
    /// <summary>Prints its head.</summary>
    /// <param name="output">Where to print.</param>
    public static void Begin(TextWriter output)
    {
        output.WriteLine("| what | each second | median, ms | 95 %, ms | longest, ms |");
        output.WriteLine("|---|---|---|---|---|");
        output.Flush();
    }

    /// <summary>Measures and prints a row.</summary>
    /// <param name="what">What is measured.</param>
    /// <param name="measure">Gives milliseconds of each call, by caller.</param>
    /// <param name="output">Where to print.</param>
    public static async Task PrintAsync(string what, Func<Task<double[][]>> measure, TextWriter output)
    {
        var start = Stopwatch.GetTimestamp();
        var times = (await measure().ConfigureAwait(false)).SelectMany(caller => caller).Order().ToArray();
        var rate = times.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"| {what} | {rate:F0} | {times[times.Length / 2]:F1} | {times[times.Length * 95 / 100]:F1} | {times[^1]:F1} |")).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }
}

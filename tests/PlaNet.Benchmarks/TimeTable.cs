using System.Diagnostics;
using System.Globalization;

namespace PlaNet.Benchmarks;

/// <summary>A table of call latencies with their upper percentiles, because the slow calls matter.</summary>
internal static class TimeTable
{
    /// <summary>Prints the header.</summary>
    public static void Begin(TextWriter output)
    {
        output.WriteLine("| what | each second | median, ms | 95 %, ms | longest, ms |");
        output.WriteLine("|---|---|---|---|---|");
        output.Flush();
    }

    /// <summary>Measures and prints a row.</summary>
    /// <param name="name">Name of the row.</param>
    /// <param name="measure">Returns the milliseconds of each call, by caller.</param>
    /// <param name="output">Receives the row.</param>
    public static async Task PrintAsync(string name, Func<Task<double[][]>> measure, TextWriter output)
    {
        var start = Stopwatch.GetTimestamp();
        var times = (await measure().ConfigureAwait(false)).SelectMany(caller => caller).Order().ToArray();
        var rate = times.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
        var (median, high) = (times[times.Length / 2], times[times.Length * 95 / 100]);
        var row = string.Create(CultureInfo.InvariantCulture, $"| {name} | {rate:F0} | {median:F1} | {high:F1} | {times[^1]:F1} |");
        await output.WriteLineAsync(row).ConfigureAwait(false);
        await output.FlushAsync().ConfigureAwait(false);
    }
}

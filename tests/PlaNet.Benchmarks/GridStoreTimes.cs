using System.Diagnostics;
using PlaNet.Cluster.Stores;

namespace PlaNet.Benchmarks;

/// <summary>
/// Latencies of a grid store: listing 10,000 cells, and claims while workers claim as fast as they can. Each call is timed separately,
/// because the slow claims matter.
/// </summary>
internal static class GridStoreTimes
{
    private const int Cells = 10_000;
    private const int Lists = 11;
    private const int ClaimsEach = 50;
    private const int Workers = 8;
    private static readonly TimeSpan s_lease = TimeSpan.FromHours(1);

    /// <summary>Prints the table: <c>stores [STORE]</c>, where STORE is an empty database. Default: a temporary folder.</summary>
    /// <param name="words">Arguments after "stores".</param>
    /// <param name="output">Receives the table.</param>
    /// <returns>0, or 2 for a usage error.</returns>
    public static async Task<int> RunAsync(string[] words, TextWriter output)
    {
        if (words.Length > 1)
        {
            await output.WriteLineAsync("usage: stores [STORE], where STORE is an empty database").ConfigureAwait(false);
            return 2;
        }

        var folder = words.Length == 0 ? Directory.CreateTempSubdirectory("planet-bench-").FullName : null;
        try
        {
            await MeasureAsync(folder ?? words[0], output).ConfigureAwait(false);
            return 0;
        }
        finally
        {
            if (folder is not null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static async Task MeasureAsync(string address, TextWriter output)
    {
        IGridStore[] stores = [.. Enumerable.Range(0, Workers).Select(_ => GridStores.Open(address, TimeProvider.System))];
        try
        {
            await output.WriteLineAsync($"{stores[0].Address}: adding {Cells} cells").ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
            stores[0].Add("G", [.. Enumerable.Range(0, Cells).Select(cell => new NewCell($"cell_{cell}", "{}", (ulong)cell, 1000))]);
            TimeTable.Begin(output);
            await PrintAsync(
                $"list of {Cells} cells", () => Times([stores[0]], Lists, store => store.List("G").Count == Cells), output)
                .ConfigureAwait(false);
            await PrintAsync(
                $"progress of {Cells} cells", () => Times([stores[0]], Lists, store => store.Progress("G").Cells == Cells), output)
                .ConfigureAwait(false);
            await PrintAsync("claim of one worker", () => Claims([stores[0]]), output).ConfigureAwait(false);
            await PrintAsync(
                $"claim of {Workers} workers of one node", () => Claims([.. Enumerable.Repeat(stores[0], Workers)]), output)
                .ConfigureAwait(false);
            await PrintAsync($"claim of {Workers} nodes of one worker", () => Claims(stores), output).ConfigureAwait(false);
        }
        finally
        {
            Array.ForEach(stores, store => store.Dispose());
        }
    }

    private static double[][] Claims(IGridStore[] stores) =>
        Times(stores, ClaimsEach, store => store.Claim("worker", s_lease, "G") is not null);

    // Returns the milliseconds of each call, by worker; the workers run concurrently.
    private static double[][] Times(IGridStore[] stores, int calls, Func<IGridStore, bool> call)
    {
        var times = stores.Select(_ => new double[calls]).ToArray();
        var failed = 0;
        var threads = stores.Select((store, worker) => new Thread(() =>
        {
            for (var i = 0; i < calls; i++)
            {
                var start = Stopwatch.GetTimestamp();
                if (!call(store))
                {
                    Interlocked.Increment(ref failed);
                }

                times[worker][i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return failed == 0
            ? times
            : throw new InvalidOperationException(
                $"{failed} calls returned a wrong result: give a store that is empty at the start, or none for a temporary one.");
    }

    private static Task PrintAsync(string name, Func<double[][]> measure, TextWriter output) =>
        TimeTable.PrintAsync(name, () => Task.FromResult(measure()), output);
}

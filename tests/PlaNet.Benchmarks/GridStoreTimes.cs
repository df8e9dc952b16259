using System.Diagnostics;
using System.Globalization;
using PlaNet.Cluster.Stores;

namespace PlaNet.Benchmarks;

/// <summary>
/// What a store of grids takes: a list of 10,000 cells, and claims while workers claim as fast as they can. What counts is how long the
/// slow claims take, so that each is timed by itself.
/// </summary>
internal static class GridStoreTimes
{
    private const int Cells = 10_000;
    private const int Lists = 11;
    private const int ClaimsEach = 50;
    private const int Workers = 8;
    private static readonly TimeSpan s_lease = TimeSpan.FromHours(1);

    /// <summary>Prints the table: <c>stores [STORE]</c>, where STORE is an empty database; by default a folder that is removed afterwards.</summary>
    /// <param name="words">What follows "stores".</param>
    /// <param name="output">Where the table goes.</param>
    /// <returns>0, or 2 where the words are others.</returns>
    public static int Run(string[] words, TextWriter output)
    {
        if (words.Length > 1)
        {
            output.WriteLine("stores [STORE]");
            return 2;
        }

        var folder = words.Length == 0 ? Directory.CreateTempSubdirectory("planet-bench-").FullName : null;
        try
        {
            Measure(folder ?? words[0], output);
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

    private static void Measure(string address, TextWriter output)
    {
        IGridStore[] stores = [.. Enumerable.Range(0, Workers).Select(_ => GridStores.Open(address, TimeProvider.System))];
        try
        {
            output.WriteLine($"{stores[0].Address}: adding {Cells} cells");
            output.Flush();
            stores[0].Add("G", [.. Enumerable.Range(0, Cells).Select(cell => new NewCell($"cell_{cell}", "{}", (ulong)cell, 1000))]);
            output.WriteLine("| what | each second | median, ms | 95 %, ms | longest, ms |");
            output.WriteLine("|---|---|---|---|---|");
            Print($"list of {Cells} cells", () => Times([stores[0]], Lists, store => store.List("G").Count == Cells), output);
            Print("claim of one worker", () => Claims([stores[0]]), output);
            Print($"claim of {Workers} workers of one node", () => Claims([.. Enumerable.Repeat(stores[0], Workers)]), output);
            Print($"claim of {Workers} nodes of one worker", () => Claims(stores), output);
        }
        finally
        {
            Array.ForEach(stores, store => store.Dispose());
        }
    }

    private static double[][] Claims(IGridStore[] stores) => Times(stores, ClaimsEach, store => store.Claim("worker", s_lease, "G") is not null);

    // Milliseconds of each call, by worker; the workers run side by side.
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
        return failed == 0 ? times : throw new InvalidOperationException($"{failed} calls did not give what they should: is the store empty at the beginning?");
    }

    private static void Print(string what, Func<double[][]> measure, TextWriter output)
    {
        var start = Stopwatch.GetTimestamp();
        var times = measure().SelectMany(worker => worker).Order().ToArray();
        var rate = times.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {what} | {rate:F0} | {times[times.Length / 2]:F1} | {times[times.Length * 95 / 100]:F1} | {times[^1]:F1} |"));
        output.Flush();
    }
}

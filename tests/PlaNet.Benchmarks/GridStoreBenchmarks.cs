using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using PlaNet.Cluster.Stores;

namespace PlaNet.Benchmarks;

/// <summary>
/// What a store of grids costs: a claim while eight workers claim, and a list of 10,000 cells. The store is a folder, or the empty database
/// that PLANET_BENCH_STORE names.
/// </summary>
[InProcess]
[SimpleJob(RunStrategy.Monitoring, warmupCount: 1, iterationCount: 5)]
public class GridStoreBenchmarks
{
    private const int Cells = 10_000;
    private const int Workers = 8;
    private const int ClaimsEach = 100;

    private readonly List<IGridStore> _stores = [];
    private string? _folder;
    private int _grid;

    /// <summary>Opens one store for each worker, as so many nodes would, and adds the cells.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var address = Environment.GetEnvironmentVariable("PLANET_BENCH_STORE") ?? (_folder = Directory.CreateTempSubdirectory("planet-bench-").FullName);
        _stores.AddRange(Enumerable.Range(0, Workers).Select(_ => GridStores.Open(address, TimeProvider.System)));
        Add(Cells);
    }

    /// <summary>Removes the folder.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _stores.ForEach(store => store.Dispose());
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>Lists all cells.</summary>
    [Benchmark]
    public int List10000Cells() => _stores[0].List("G1").Count;

    /// <summary>Time in which all workers together make one claim each, divided by their number.</summary>
    [Benchmark(OperationsPerInvoke = Workers * ClaimsEach)]
    public void ClaimWithEightWorkers() => Claim(_stores);

    /// <summary>The same of eight workers of one node, which share a store.</summary>
    [Benchmark(OperationsPerInvoke = Workers * ClaimsEach)]
    public void ClaimWithEightWorkersOfOneNode() => Claim([.. Enumerable.Repeat(_stores[0], Workers)]);

    private void Claim(IReadOnlyList<IGridStore> stores)
    {
        Parallel.ForEach(stores, new ParallelOptions { MaxDegreeOfParallelism = Workers }, store =>
        {
            for (var claim = 0; claim < ClaimsEach; claim++)
            {
                // A cell that is given back at once is queued again: the grid never runs out.
                var held = store.Claim("worker", TimeSpan.FromHours(1))!;
                if (!store.Release(held.Key, held.Owner, held.Epoch))
                {
                    throw new InvalidOperationException("A claimed cell was not ours to give back.");
                }
            }
        });
    }

    private void Add(int count) => _stores[0].Add(
        $"G{++_grid}", [.. Enumerable.Range(0, count).Select(cell => new NewCell($"cell_{cell}", "{}", (ulong)cell, 1000))]);
}

using System.Globalization;

namespace PlaNet.Cluster.Nodes;

/// <summary>Divides the cores of a machine among the slots of a worker.</summary>
public static class CoreShares
{
    /// <summary>
    /// One share of neighbouring cores per slot, as even as possible; with more slots than cores, several slots share one core. Runs
    /// pinned to their shares do not slow one another down. Their results do not depend on the pinning.
    /// </summary>
    /// <param name="cores">Numbers of the usable cores; at least one.</param>
    /// <param name="workers">Number of slots, at least 1.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Of(IReadOnlyList<int> cores, int workers)
    {
        ArgumentNullException.ThrowIfNull(cores);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        ArgumentOutOfRangeException.ThrowIfZero(cores.Count);
        return workers >= cores.Count
            ? [.. Enumerable.Range(0, workers).Select(worker => (IReadOnlyList<int>)[cores[worker % cores.Count]])]
            : [.. Enumerable.Range(0, workers).Select(worker =>
                (IReadOnlyList<int>)[.. cores.Take(((worker + 1) * cores.Count) / workers).Skip(worker * cores.Count / workers)])];
    }

    /// <summary>The cores that this process may use.</summary>
    public static IReadOnlyList<int> Allowed()
    {
        const string Status = "/proc/self/status";
        const string Field = "Cpus_allowed_list:";
        var line = File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))
            : null;
        return line is null ? [.. Enumerable.Range(0, Environment.ProcessorCount)] : Parse(line[Field.Length..].Trim());
    }

    /// <summary>Parses a list of core numbers such as <c>0-3,8</c>.</summary>
    public static IReadOnlyList<int> Parse(string list)
    {
        ArgumentNullException.ThrowIfNull(list);
        return
        [
            .. list.Split(',').Select(part => part.Split('-')).SelectMany(ends =>
            {
                var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
                return Enumerable.Range(first, int.Parse(ends[^1], CultureInfo.InvariantCulture) - first + 1);
            }),
        ];
    }
}

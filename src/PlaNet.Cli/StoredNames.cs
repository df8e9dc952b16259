using PlaNet.Cluster.Stores;
using PlaNet.Experiments;

namespace PlaNet.Cli;

/// <summary>Finds the grids and runs of a store by the names on a command line.</summary>
internal static class StoredNames
{
    /// <summary>
    /// The runs whose names equal or begin with a given name. A name that ends with a seed matches only that seed, and not other seeds that
    /// begin with the same digits.
    /// </summary>
    /// <exception cref="UnusableInputException">A name is empty or matches no run.</exception>
    public static IReadOnlyList<CellKey> FindCells(IReadOnlyList<CellRow> rows, IEnumerable<string> names)
    {
        return
        [
            .. names.SelectMany(name =>
            {
                if (string.IsNullOrWhiteSpace(name))
                {
                    throw new UnusableInputException(
                        "an empty name would match every run: give names that `planet status --all` prints, or their beginnings.");
                }

                var found = rows.Where(row => Matches(name, row.Key.Name)).Select(row => row.Key).ToList();
                return found.Count > 0 ? found : throw new UnusableInputException(
                    rows.Count == 0
                        ? $"there is no run {name}: the store is empty. Add runs with `planet grid`, or name another store with --store."
                        : $"there is no run {name}: did you mean {NearestName.Find(name, rows.Select(row => row.Key.Name))}?");
            }).Distinct(),
        ];
    }

    /// <summary>A grid's name as stored. An exact match takes precedence over one that ignores letter case.</summary>
    /// <param name="rows">All runs of the store.</param>
    /// <param name="address">The store's name in messages.</param>
    /// <param name="name">The name on the command line.</param>
    /// <exception cref="UnusableInputException">The store has no such grid.</exception>
    public static string RequireGrid(IReadOnlyList<CellRow> rows, string address, string name)
    {
        var names = Grids(rows);
        return FindGrid(names, name) ?? throw new UnusableInputException(
            names.Count > 0
                ? $"--grid {name}: the store {address} holds no such grid: did you mean {NearestName.Find(name, names)}?"
                : $"--grid {name}: the store {address} is empty. Add the grid with `planet grid`, or name another store with --store.");
    }

    private static List<string> Grids(IReadOnlyList<CellRow> rows) => [.. rows.Select(cell => cell.Key.Grid).Distinct()];

    private static string? FindGrid(List<string> names, string name) =>
        names.Find(each => each == name) ?? names.Find(each => each.Equals(name, StringComparison.OrdinalIgnoreCase));

    // Run names have the form EXPERIMENT/SEED-HASH.
    private static bool Matches(string name, string run)
    {
        var last = name[(name.LastIndexOf('/') + 1)..];
        var isSeed = last.Length is > 0 && last.Length < name.Length && last.All(char.IsAsciiDigit);
        return run == name || run.StartsWith(isSeed ? name + "-" : name, StringComparison.Ordinal);
    }
}

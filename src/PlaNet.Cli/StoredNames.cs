using PlaNet.Cluster.Stores;
using PlaNet.Experiments;

namespace PlaNet.Cli;

/// <summary>What names on a command line mean among the grids and runs of a store.</summary>
internal static class StoredNames
{
    /// <summary>
    /// The runs that names mean: those that are named so, or begin so. A name that ends with a seed means that seed and not the others that
    /// begin with its digits.
    /// </summary>
    /// <param name="rows">All runs of the store.</param>
    /// <param name="names">The names.</param>
    /// <exception cref="UnusableInputException">A name means no run.</exception>
    public static IReadOnlyList<CellKey> FindCells(IReadOnlyList<CellRow> rows, IEnumerable<string> names)
    {
        return
        [
            .. names.SelectMany(name =>
            {
                if (string.IsNullOrWhiteSpace(name))
                {
                    throw new UnusableInputException("an empty name would mean every run: name runs as `planet status --all` does, or how they begin.");
                }

                var found = rows.Where(row => IsMeant(name, row.Key.Name)).Select(row => row.Key).ToList();
                return found.Count > 0 ? found : throw new UnusableInputException(
                    rows.Count == 0 ? $"there is no run {name}: the store is empty." : $"there is no run {name}: did you mean {NearestName.Find(name, rows.Select(row => row.Key.Name))}?");
            }).Distinct(),
        ];
    }

    /// <summary>A grid's name as the store has it, letter case ignored; null where there is no such grid.</summary>
    /// <param name="store">The store.</param>
    /// <param name="name">The name.</param>
    public static string? FindGrid(IGridStore store, string name) => FindGrid(Grids(store.List()), name);

    /// <summary>A grid's name as the store has it, letter case ignored.</summary>
    /// <param name="store">The store.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="UnusableInputException">There is no such grid.</exception>
    public static string RequireGrid(IGridStore store, string name) => RequireGrid(store.List(), store.Address, name);

    /// <summary>A grid's name as a store has it, letter case ignored.</summary>
    /// <param name="rows">All runs of the store.</param>
    /// <param name="address">What the store is called.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="UnusableInputException">There is no such grid.</exception>
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

    // A run is called EXPERIMENT/SEED-HASH.
    private static bool IsMeant(string name, string run)
    {
        var last = name[(name.LastIndexOf('/') + 1)..];
        var isSeed = last.Length is > 0 && last.Length < name.Length && last.All(char.IsAsciiDigit);
        return run == name || run.StartsWith(isSeed ? name + "-" : name, StringComparison.Ordinal);
    }
}

namespace PlaNet.Experiments;

/// <summary>Finds the valid name nearest to a mistyped one.</summary>
public static class NearestName
{
    // No valid name is as long, and time and memory grow with the product of the lengths.
    private const int Longest = 200;

    /// <summary>
    /// The candidate with the smallest edit distance to <paramref name="name"/>; the first of several at the same distance.
    /// </summary>
    /// <param name="name">The mistyped name.</param>
    /// <param name="candidates">The valid names, at least one.</param>
    /// <exception cref="ArgumentException">There is no candidate.</exception>
    public static string Find(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);
        return candidates.MinBy(candidate => Distance(name, candidate))
            ?? throw new ArgumentException("No valid name was given to choose from: pass at least one.", nameof(candidates));
    }

    /// <summary>
    /// The restricted Damerau-Levenshtein distance, ignoring case: the smallest number of insertions, deletions, substitutions and swaps of
    /// adjacent letters that turn one name into the other. Only the first 200 characters count.
    /// </summary>
    public static int Distance(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var a = Shortened(first).ToUpperInvariant();
        var b = Shortened(second).ToUpperInvariant();
        var rows = Enumerable.Range(0, a.Length + 1).Select(_ => new int[b.Length + 1]).ToArray();
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i][j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(Math.Min(rows[i - 1][j], rows[i][j - 1]) + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)),
                };
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i][j] = Math.Min(rows[i][j], rows[i - 2][j - 2] + 1);
                }
            }
        }

        return rows[a.Length][b.Length];
    }

    private static string Shortened(string name) => name.Length <= Longest ? name : name[..Longest];
}

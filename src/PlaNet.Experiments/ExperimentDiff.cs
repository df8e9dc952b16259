namespace PlaNet.Experiments;

/// <summary>One option in which two experiments differ.</summary>
/// <param name="Path">Path of the option, such as <c>planner.elites</c>.</param>
/// <param name="Before">Its value in the first experiment, formatted as in the canonical JSON but without quotes.</param>
/// <param name="After">Its value in the second experiment, in the same format.</param>
public sealed record OptionDifference(string Path, string Before, string After)
{
    /// <summary>The difference in the form <c>planner.elites 100 -> 30</c>.</summary>
    public override string ToString() => $"{Path} {Before} -> {After}";
}

/// <summary>Compares two experiments option by option.</summary>
public static class ExperimentDiff
{
    /// <summary>
    /// The options that differ, in the order of the canonical JSON. Options that cannot change a result, such as the description, are left
    /// out, so the list is empty exactly when the hashes are equal.
    /// </summary>
    public static IReadOnlyList<OptionDifference> Between(Experiment before, Experiment after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return
        [
            .. ExperimentOptions.All
                .Where(option => option.DecidesResult && !option.Get(before).Equals(option.Get(after)))
                .Select(option => new OptionDifference(
                    option.Path, ExperimentOption.Format(option.Get(before)), ExperimentOption.Format(option.Get(after)))),
        ];
    }
}

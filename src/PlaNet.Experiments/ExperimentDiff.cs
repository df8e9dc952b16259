namespace PlaNet.Experiments;

/// <summary>One option in which two experiments differ.</summary>
/// <param name="Path">The option, such as <c>planner.elites</c>.</param>
/// <param name="Before">Its value in the first experiment, as the canonical JSON writes it.</param>
/// <param name="After">Its value in the second experiment.</param>
public sealed record OptionDifference(string Path, string Before, string After)
{
    /// <summary>The difference as one reads it: <c>planner.elites 100 -> 30</c>.</summary>
    public override string ToString() => $"{Path} {Before} -> {After}";
}

/// <summary>Tells two experiments apart.</summary>
public static class ExperimentDiff
{
    /// <summary>
    /// The options that decide a result and differ, in the order of the canonical JSON. The others, such as the description, are left out; the list
    /// is empty exactly when the hashes are equal.
    /// </summary>
    /// <param name="before">The experiment that was there first.</param>
    /// <param name="after">The experiment to compare with it.</param>
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

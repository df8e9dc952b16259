namespace PlaNet.Experiments.Grids;

/// <summary>One value of an axis: a change to an experiment that has a name.</summary>
/// <param name="Name">The name as it stands in the experiments' names: lower-case letters, digits and underscores.</param>
/// <param name="Apply">The changed experiment; its name and description are set elsewhere.</param>
public sealed record AxisValue(string Name, Func<Experiment, Experiment> Apply);

/// <summary>Changes of which a grid tries each.</summary>
/// <param name="Name">What is varied.</param>
/// <param name="Values">The changes, in the order in which the grid lists them.</param>
public sealed record Axis(string Name, IReadOnlyList<AxisValue> Values)
{
    /// <summary>An axis over the values of one option; each is named by the option's short name and the value, such as <c>horizon_8</c>.</summary>
    /// <typeparam name="T">Type of the option.</typeparam>
    /// <param name="name">Short name of the option.</param>
    /// <param name="values">Its values.</param>
    /// <param name="apply">Sets the option.</param>
    public static Axis Of<T>(string name, IEnumerable<T> values, Func<Experiment, T, Experiment> apply)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(apply);
        return new Axis(
            name,
            [.. values.Select(value => new AxisValue($"{name}_{ExperimentOption.Format(value)}", experiment => apply(experiment, value)))]);
    }
}

/// <summary>Experiments made of axes.</summary>
public static class Axes
{
    /// <summary>
    /// One experiment for every combination of the axes' values, the last axis turning fastest. Changes are applied in the order of the
    /// axes; the name is that of the start followed by those of the values, joined by underscores.
    /// </summary>
    /// <param name="start">What the changes are applied to.</param>
    /// <param name="axes">The axes; none gives the start alone.</param>
    public static IReadOnlyList<Experiment> Cross(Experiment start, params ReadOnlySpan<Axis> axes)
    {
        ArgumentNullException.ThrowIfNull(start);
        IReadOnlyList<Experiment> crossed = [start];
        foreach (var axis in axes)
        {
            crossed =
            [
                .. from experiment in crossed
                   from value in axis.Values
                   select value.Apply(experiment) with { Name = $"{experiment.Name}_{Named(value.Name)}", Description = experiment.Description },
            ];
        }

        return crossed;
    }

    /// <summary>One experiment for every value of every axis, each axis alone and the others as the start has them.</summary>
    /// <param name="start">What the changes are applied to.</param>
    /// <param name="axes">The axes.</param>
    public static IReadOnlyList<Experiment> OneAtATime(Experiment start, params ReadOnlySpan<Axis> axes)
    {
        var all = new List<Experiment>();
        foreach (var axis in axes)
        {
            all.AddRange(Cross(start, axis));
        }

        return all;
    }

    // 0.05 is a value but no part of a name.
    private static string Named(string value) => value.Replace('.', 'p').Replace('-', 'm');
}

namespace PlaNet.Experiments.Grids;

/// <summary>One value of an axis: a named change to an experiment.</summary>
/// <param name="Name">Part of the experiments' names: lower-case letters, digits and underscores.</param>
/// <param name="Apply">Returns the changed experiment; <see cref="Axes"/> sets its name.</param>
public sealed record AxisValue(string Name, Func<Experiment, Experiment> Apply);

/// <summary>One dimension of a grid: the values of one option, or a list of changes.</summary>
/// <param name="Name">Short name of the option that is varied.</param>
/// <param name="Values">The changes, in the order of the grid.</param>
public sealed record Axis(string Name, IReadOnlyList<AxisValue> Values)
{
    /// <summary>An axis over values of one option. A value is named after the option and the value, such as <c>horizon_8</c>.</summary>
    /// <typeparam name="T">Type of the option.</typeparam>
    /// <param name="name">Short name of the option.</param>
    /// <param name="values">Values to try.</param>
    /// <param name="apply">Returns the experiment with the option set to the value.</param>
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

/// <summary>Builds lists of experiments from axes.</summary>
public static class Axes
{
    /// <summary>
    /// One experiment for every combination of the axes' values; the last axis varies fastest. Changes are applied in the order of the
    /// axes. An experiment's name is the name of the start and the names of the values, joined by underscores.
    /// </summary>
    /// <param name="start">The experiment to change.</param>
    /// <param name="axes">The axes. Without axes the result is the start alone.</param>
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
                   select value.Apply(experiment) with
                   {
                       Name = $"{experiment.Name}_{ToNamePart(value.Name)}",
                       Description = experiment.Description,
                   },
            ];
        }

        return crossed;
    }

    /// <summary>One experiment for every value of every axis: only that option differs from the start.</summary>
    public static IReadOnlyList<Experiment> OneAtATime(Experiment start, params ReadOnlySpan<Axis> axes)
    {
        var all = new List<Experiment>();
        foreach (var axis in axes)
        {
            all.AddRange(Cross(start, axis));
        }

        return all;
    }

    // Names must not contain '.' or '-', as 0.05 and -1 do.
    private static string ToNamePart(string value) => value.Replace('.', 'p').Replace('-', 'm');
}

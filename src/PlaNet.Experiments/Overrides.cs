namespace PlaNet.Experiments;

/// <summary>Changes to single options written as text, as the command line takes them: <c>model.stochastic_size=20</c>.</summary>
public static class Overrides
{
    /// <summary>The experiment with one option changed.</summary>
    /// <param name="experiment">The experiment to vary.</param>
    /// <param name="assignment">A path, an equals sign and a value as the canonical JSON writes it, without quotes.</param>
    /// <returns>A new experiment; rules between options are for <see cref="ExperimentValidation"/>, once all changes are made.</returns>
    /// <exception cref="ExperimentException">No such option, a value of another type, or a value out of range.</exception>
    public static Experiment Apply(Experiment experiment, string assignment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(assignment);
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw new ExperimentException(
                $"\"{ExperimentOption.OneLine(assignment)}\" is not a change to an option: write path=value, such as model.stochastic_size=20");
        }

        var option = ExperimentOptions.Find(assignment[..equals].Trim());
        var text = option.ValueType == typeof(string) ? assignment[(equals + 1)..] : assignment[(equals + 1)..].Trim();
        var value = option.Parse(text);
        return option.Rule is null || option.Rule.Allows(value) ? option.With(experiment, value) : throw option.Refuse(text);
    }

    /// <summary>The experiment with several options changed, one after the other; a later change of the same option wins.</summary>
    /// <param name="experiment">The experiment to vary.</param>
    /// <param name="assignments">Changes as <see cref="Apply"/> takes them.</param>
    /// <exception cref="ExperimentException">One of the changes is refused.</exception>
    public static Experiment ApplyAll(Experiment experiment, IEnumerable<string> assignments)
    {
        ArgumentNullException.ThrowIfNull(assignments);
        return assignments.Aggregate(experiment, Apply);
    }
}

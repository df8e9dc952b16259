namespace PlaNet.Experiments;

/// <summary>Overrides: changes to single options, as given on the command line, such as <c>model.stochastic_size=20</c>.</summary>
public static class Overrides
{
    /// <summary>The experiment with one option changed.</summary>
    /// <param name="experiment">The experiment to vary; it is not changed.</param>
    /// <param name="assignment">A path, an equals sign and a value as in the canonical JSON, without quotes.</param>
    /// <returns>A new experiment. Rules between options are not checked here: <see cref="ExperimentValidation"/> checks them.</returns>
    /// <exception cref="ExperimentException">There is no such option, or the value has the wrong type or is out of range.</exception>
    public static Experiment Apply(Experiment experiment, string assignment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(assignment);
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw new ExperimentException(
                $"\"{ExperimentOption.OneLine(assignment)}\" is not an override: write path=value, such as model.stochastic_size=20");
        }

        var option = ExperimentOptions.Find(assignment[..equals].Trim());
        var text = option.ValueType == typeof(string) ? assignment[(equals + 1)..] : assignment[(equals + 1)..].Trim();
        var value = option.Parse(text);
        return option.Rule is null || option.Rule.Allows(value) ? option.With(experiment, value) : throw option.InvalidValue(text);
    }

    /// <summary>The experiment with several options changed. Of several overrides of one option, the last one counts.</summary>
    /// <param name="experiment">The experiment to vary; it is not changed.</param>
    /// <param name="assignments">Overrides as <see cref="Apply"/> takes them.</param>
    /// <exception cref="ExperimentException">An override is invalid.</exception>
    public static Experiment ApplyAll(Experiment experiment, IEnumerable<string> assignments)
    {
        ArgumentNullException.ThrowIfNull(assignments);
        return assignments.Aggregate(experiment, Apply);
    }
}

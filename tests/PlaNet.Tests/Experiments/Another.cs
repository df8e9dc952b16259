using PlaNet.Experiments;

namespace PlaNet.Tests.Experiments;

internal static class Another
{
    /// <summary>The experiment with a different value for one option.</summary>
    public static Experiment Value(Experiment experiment, ExperimentOption option) => option.With(experiment, option.Get(experiment) switch
    {
        int whole => whole + 1,
        double number => number + 0.25,
        bool flag => !flag,
        string text => text + "x",
        Enum choice => Enum.GetValues(option.ValueType).Cast<object>().First(other => !other.Equals(choice)),
        var value => throw new InvalidOperationException($"{option.Path}: no other value is known for {value.GetType()}"),
    });
}

using FsCheck;
using FsCheck.Fluent;
using PlaNet.Experiments;
using PlaNet.Experiments.Rules;

namespace PlaNet.Tests.Experiments;

/// <summary>Experiments in which every option takes any value that its own rule allows.</summary>
internal static class AnyExperiment
{
    public static Arbitrary<Experiment> Arbitrary { get; } = Arb.From(ExperimentOptions.All.Aggregate(
        Gen.Constant(new Experiment()),
        (experiments, option) => experiments.SelectMany(_ => ValueOf(option), option.With)));

    /// <summary>Checks a property on 200 generated experiments, which are the same in every run.</summary>
    public static void Satisfies(Func<Experiment, bool> law) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20181112, 41).WithQuietOnSuccess(true),
            Prop.ForAll(Arbitrary, law));

    public static Gen<object> ValueOf(ExperimentOption option) => option.ValueType switch
    {
        _ when option.Rule is OneOfAttribute rule => Gen.Elements(rule.Numbers.Cast<object>().ToArray()),
        var type when type == typeof(int) => WholeNumber((InRangeAttribute)option.Rule!).Select(value => (object)value),
        var type when type == typeof(double) => Allowed(option, Number((InRangeAttribute)option.Rule!).Select(value => (object)value)),
        var type when type == typeof(bool) => Gen.Elements<object>(true, false),
        var type when type.IsEnum => Gen.Elements(Enum.GetValues(type).Cast<object>().ToArray()),
        _ when option.Rule is IdentifierAttribute => Gen.Elements<object>("a", "cartpole_swingup", "x9_", new string('q', 100)),
        _ when option.Rule is TaskListAttribute => Gen.Elements<object>("", "a", "reacher_easy:4,cheetah_run", "x9_:1000"),
        _ => Allowed(option, ArbMap.Default.GeneratorFor<string>().Where(text => text is not null).Select(text => (object)text)),
    };

    private static Gen<object> Allowed(ExperimentOption option, Gen<object> values) => values.Where(option.Rule!.Allows);

    private static Gen<int> WholeNumber(InRangeAttribute range)
    {
        var least = (int)range.Minimum;
        var most = (int)Math.Min(range.Maximum, int.MaxValue);
        return Gen.OneOf(Gen.Choose(least, Math.Min(most, least + 20)), Gen.Choose(least, most), Gen.Constant(most));
    }

    private static Gen<double> Number(InRangeAttribute range)
    {
        var any = ArbMap.Default.GeneratorFor<NormalFloat>().Select(number => Math.Abs(number.Get));
        return double.IsInfinity(range.Maximum)
            ? Gen.OneOf(any, any.Select(number => number * 1e300), any.Select(number => number * 1e-310))
            : any.Select(number => range.Minimum + ((number - Math.Floor(number)) * (range.Maximum - range.Minimum)));
    }
}

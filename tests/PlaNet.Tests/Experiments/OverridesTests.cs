using PlaNet.Experiments;

namespace PlaNet.Tests.Experiments;

public sealed class OverridesTests
{
    [Fact]
    public void Any_option_can_be_set_to_any_valid_value() => AnyExperiment.Satisfies(experiment =>
        Overrides.ApplyAll(
            new Experiment(),
            ExperimentOptions.All.Select(option => $"{option.Path}={ExperimentOption.Format(option.Get(experiment))}")) == experiment);

    [Fact]
    public void Nothing_but_the_named_option_changes()
    {
        var before = new Experiment();
        foreach (var option in ExperimentOptions.All.Where(option => option.DecidesResult))
        {
            var value = ExperimentOption.Format(option.Get(Another.Value(before, option)));
            if (option.Rule is null || option.Rule.Allows(option.Parse(value)))
            {
                var difference = Assert.Single(ExperimentDiff.Between(before, Overrides.Apply(before, $"{option.Path}={value}")));
                Assert.Equal((option.Path, value), (difference.Path, difference.After));
            }
        }
    }

    [Fact]
    public void The_last_of_several_changes_wins() =>
        Assert.Equal(12, Overrides.ApplyAll(new Experiment(), ["model.depth=8", "model.depth=12"]).Model.Depth);

    [Theory]
    [InlineData("model.stochastic_sise=20", "model.stochastic_size")]
    [InlineData("stochastic_size=20", "model.stochastic_size")]
    [InlineData("candidate=20", "planner.candidates")]
    [InlineData("planer.elites=20", "planner.elites")]
    [InlineData("schedule.episode=20", "schedule.episodes")]
    [InlineData("optimizer.learning_rat=1", "optimizer.learning_rate")]
    [InlineData("learnign_rate=1", "optimizer.learning_rate")]
    public void An_unknown_option_is_refused_with_the_nearest_one(string assignment, string nearest) =>
        Assert.EndsWith($"did you mean {nearest}?", Refusal(assignment));

    [Theory]
    [InlineData(
        "model.depth=many",
        "model.depth cannot be \"many\": it must be a whole number, at least 1 and at most 65536; the default is 32")]
    [InlineData("model.depth=", "model.depth cannot be \"\"")]
    [InlineData("model.depth=8.0", "a whole number")]
    [InlineData("model.depth=1,000", "a whole number")]
    [InlineData("model.depth=99999999999", "a whole number")]
    [InlineData("model.depth=0", "at least 1")]
    [InlineData("model.image_bits=9", "at least 1 and at most 8")]
    [InlineData("optimizer.beta2=1", "at least 0 and below 1")]
    [InlineData("optimizer.learning_rate=0", "above 0")]
    [InlineData("optimizer.learning_rate=NaN", "a finite number")]
    [InlineData("optimizer.learning_rate=Infinity", "a finite number")]
    [InlineData("objective.free_nats=-1", "at least 0")]
    [InlineData("compute.native_kernels=yes", "true or false")]
    [InlineData("task.render_quality=quick", "one of reference, fast")]
    [InlineData("task.render_quality=1", "one of reference, fast")]
    [InlineData("task.name=../up", "lower-case letters")]
    [InlineData("model=3", "name one of model.transition")]
    [InlineData("model.depth", "write path=value")]
    [InlineData("=3", "write path=value")]
    public void A_value_of_another_type_or_out_of_range_is_refused_with_what_is_expected(string assignment, string expected) =>
        Assert.Contains(expected, Refusal(assignment));

    private static string Refusal(string assignment)
    {
        var message = Assert.Throws<ExperimentException>(() => Overrides.Apply(new Experiment(), assignment)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }
}

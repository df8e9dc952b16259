using PlaNet.Experiments;

namespace PlaNet.Tests.Experiments;

public sealed class ExperimentDiffTests
{
    [Fact]
    public void Each_option_that_differs_is_named_with_both_values()
    {
        var before = new Experiment();
        var after = before with
        {
            Planner = before.Planner with { Elites = 30 },
            Task = before.Task with { RenderQuality = RenderQuality.Fast },
        };
        Assert.Equal(
            ["task.render_quality reference -> fast", "planner.elites 100 -> 30"],
            ExperimentDiff.Between(before, after).Select(difference => difference.ToString()));
    }

    [Fact]
    public void The_difference_is_empty_exactly_when_the_hashes_are_equal() => AnyExperiment.Satisfies(experiment =>
    {
        var renamed = experiment with { Name = "other", Description = "" };
        var changed = experiment with { Compute = experiment.Compute with { NativeKernels = !experiment.Compute.NativeKernels } };
        return ExperimentDiff.Between(experiment, renamed).Count == 0
            && ExperimentDiff.Between(experiment, changed).Single().Path == "compute.native_kernels"
            && ExperimentHash.Of(experiment) == ExperimentHash.Of(renamed)
            && ExperimentHash.Of(experiment) != ExperimentHash.Of(changed);
    });
}

using PlaNet.Catalog;
using PlaNet.Experiments;

namespace PlaNet.Tests.Experiments;

public sealed class ExperimentHashTests
{
    [Fact]
    public void The_defaults_keep_their_hash()
    {
        // Runs on disk are found by this value: it may change only when a default changes.
        Assert.Equal("341fb15c50", ExperimentHash.Of(Paper.Planet));
    }

    [Fact]
    public void Name_and_description_do_not_change_the_hash() => AnyExperiment.Satisfies(experiment =>
        ExperimentHash.Of(experiment) == ExperimentHash.Of(experiment with { Name = "other", Description = "something else" }));

    [Fact]
    public void The_folder_of_a_program_does_not_change_the_hash() => AnyExperiment.Satisfies(experiment =>
        ExperimentHash.Of(experiment)
            == ExperimentHash.Of(experiment with { Task = experiment.Task with { CommandFolder = "/somewhere" } }));

    [Fact]
    public void The_address_of_a_program_does_not_change_the_hash() => AnyExperiment.Satisfies(experiment =>
        ExperimentHash.Of(experiment) == ExperimentHash.Of(experiment with { Task = experiment.Task with { Address = "node1:4712" } }));

    [Fact]
    public void Every_other_option_changes_the_hash()
    {
        var hashes = ExperimentOptions.All.Where(option => option.DecidesResult)
            .Select(option => ExperimentHash.Of(Another.Value(new Experiment(), option)))
            .Append(ExperimentHash.Of(new Experiment()))
            .ToList();
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
        Assert.All(hashes, hash => Assert.Matches("^[0-9a-f]{10}$", hash));
    }
}

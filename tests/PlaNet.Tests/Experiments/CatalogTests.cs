using PlaNet.Catalog;
using PlaNet.Experiments;

namespace PlaNet.Tests.Experiments;

public sealed class CatalogTests
{
    [Fact]
    public void Every_experiment_is_sound_described_and_found_by_its_own_name()
    {
        Assert.Equal(ExperimentCatalog.All.Count, ExperimentCatalog.All.Select(experiment => experiment.Name).Distinct().Count());
        Assert.All(ExperimentCatalog.All, experiment =>
        {
            Assert.Empty(ExperimentValidation.Validate(experiment));
            Assert.NotEmpty(experiment.Description);
            Assert.Same(experiment, ExperimentCatalog.Find(experiment.Name));
        });
    }

    [Fact]
    public void The_paper_s_experiment_is_the_defaults() => Assert.Empty(ExperimentDiff.Between(new Experiment(), Paper.Planet));

    [Theory]
    [InlineData("quikstart", "quickstart")]
    [InlineData("plan", "planet")]
    [InlineData("Planet", "planet")]
    public void A_mistyped_name_is_refused_with_the_nearest_one(string typed, string nearest) =>
        Assert.Contains($"did you mean {nearest}?", Assert.Throws<ExperimentException>(() => ExperimentCatalog.Find(typed)).Message);
}

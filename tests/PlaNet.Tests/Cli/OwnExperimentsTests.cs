using PlaNet.Cli;
using PlaNet.Experiments;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cli;

/// <summary>Experiments of a user's own assembly; here that of the template.</summary>
public sealed class OwnExperimentsTests
{
    private static string Template { get; } = Path.Combine(
        Repository.Root, "experiments", "template", "bin",
        new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "MyExperiments.dll");

    [Fact]
    public async Task Its_grids_and_experiments_are_listed_and_shown()
    {
        Assert.Contains("MyGrid", (await PlanetCommandLine.Run("grids", "--experiments", Template)).Output);
        Assert.Contains("my_wider", (await PlanetCommandLine.Run("experiments", "--experiments", Template)).Output);
        var (code, json, _) = await PlanetCommandLine.Run("show", "--experiment", "my_wider", "--json", "--experiments", Template);
        Assert.Equal(ExitCode.Success, code);
        Assert.Equal(160, ExperimentJson.Read(json).Model.BeliefSize);
        var (shown, costs, error) = await PlanetCommandLine.Run(
            "show", "--grid", "mygrid", "--experiments", Template, "--set", "model.depth=4");
        Assert.Equal((ExitCode.Success, ""), (shown, error));
        Assert.Contains("my_wider_free_nats_0p5_horizon_8", costs);
        Assert.Contains("18 runs: ", costs);
        Assert.Contains("--time", costs);
        Assert.Contains("did you mean MyGrid?", (await PlanetCommandLine.Run("show", "--grid", "MyGird", "--experiments", Template)).Error);
    }

    [Fact]
    public async Task An_experiment_can_be_given_as_a_file()
    {
        using var folder = new TemporaryFolder();
        var (_, json, _) = await PlanetCommandLine.Run("show", "--experiment", "quickstart", "--set", "model.depth=4", "--json");
        File.WriteAllText(folder["mine.json"], json);
        Assert.Equal(json, (await PlanetCommandLine.Run("show", "--experiment", folder["mine.json"], "--json")).Output);
    }

    [Fact]
    public async Task An_assembly_without_experiments_is_refused()
    {
        var (code, _, error) = await PlanetCommandLine.Run("grids", "--experiments", typeof(Experiment).Assembly.Location);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains("IExperimentCatalog", error);
    }
}

using PlaNet.Tests.Replay;
using PlaNet.Training;

namespace PlaNet.Tests.Training;

public sealed class RunDirectoryTests : IDisposable
{
    private static readonly Dictionary<string, string> Facts = new() { ["device"] = "cpu" };

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_new_directory_holds_the_experiment_its_seed_and_what_it_was_started_with()
    {
        using (var directory = RunDirectory.Open(_folder["a/b"], SmallRun.Experiment, ulong.MaxValue, Facts))
        {
            Assert.Equal("RUNNING\n", File.ReadAllText(directory.Folder.StateFile));
        }

        Assert.Equal((SmallRun.Experiment, ulong.MaxValue), RunDirectory.Read(_folder["a/b"]));
        Assert.Contains("\"device\": \"cpu\"", File.ReadAllText(_folder["a/b/experiment.json"]));
    }

    [Fact]
    public void Another_experiment_is_refused_option_by_option()
    {
        Open(SmallRun.Experiment).Dispose();
        var before = File.ReadAllText(_folder["run/experiment.json"]);
        var other = SmallRun.Experiment with
        {
            Model = SmallRun.Experiment.Model with { Depth = 2 },
            Planner = SmallRun.Experiment.Planner with { Elites = 3 },
        };
        var refusal = Assert.Throws<RunException>(() => Open(other));
        Assert.Contains("model.depth 1 -> 2, planner.elites 2 -> 3.", refusal.Message);
        Assert.Contains("--out", refusal.Message);
        Assert.Equal(before, File.ReadAllText(_folder["run/experiment.json"]));
    }

    [Fact]
    public void Another_description_is_the_same_experiment()
    {
        Open(SmallRun.Experiment).Dispose();
        using var again = Open(SmallRun.Experiment with { Description = "other words" });
        Assert.Equal(_folder["run"], again.Folder.Path);
    }

    [Fact]
    public void Another_seed_is_refused()
    {
        Open(SmallRun.Experiment).Dispose();
        var refusal = Assert.Throws<RunException>(() => RunDirectory.Open(_folder["run"], SmallRun.Experiment, 2, Facts));
        Assert.Contains("seed 1, not 2", refusal.Message);
    }

    [Fact]
    public void A_directory_of_other_files_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run/thesis.tex"], "mine");
        var refusal = Assert.Throws<RunException>(() => Open(SmallRun.Experiment));
        Assert.Contains("other files", refusal.Message);
        Assert.Equal([_folder["run/thesis.tex"]], Directory.GetFileSystemEntries(_folder["run"]));
    }

    [Fact]
    public void A_directory_in_use_is_refused_until_it_is_let_go()
    {
        using (Open(SmallRun.Experiment))
        {
            Assert.Contains("Another process", Assert.Throws<RunException>(() => Open(SmallRun.Experiment)).Message);
        }

        Open(SmallRun.Experiment).Dispose();
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_refused_with_the_remedy()
    {
        File.WriteAllText(_folder["file"], "");
        foreach (var place in new[] { "/proc/planet/run", _folder["file"], _folder["file/run"] })
        {
            var refusal = Assert.Throws<RunException>(() => RunDirectory.Open(place, SmallRun.Experiment, 1, Facts));
            Assert.Contains(place, refusal.Message);
            Assert.Contains("--out", refusal.Message);
        }
    }

    [Fact]
    public void What_a_killed_process_left_half_written_is_removed()
    {
        Open(SmallRun.Experiment).Dispose();
        Directory.CreateDirectory(_folder["run/report"]);
        string[] strays = [_folder["run/.state.x.tmp"], _folder["run/videos/.evaluation.gif.x.tmp"], _folder["run/report/.index.html.x.tmp"]];
        Array.ForEach(strays, stray => File.WriteAllText(stray, "half"));
        Open(SmallRun.Experiment).Dispose();
        Assert.Empty(SmallRun.Unfinished(_folder["run"]));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"experiment":{"modle":{}},"seed":1}""")]
    [InlineData("""{"experiment":{},"seed":-1}""")]
    [InlineData("""{"experiment":{},"seed":"one"}""")]
    [InlineData("[]")]
    public void A_damaged_experiment_file_is_named(string content)
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run/experiment.json"], content);
        var refusal = Assert.Throws<RunException>(() => RunDirectory.Read(_folder["run"]));
        Assert.Contains(_folder["run/experiment.json"], refusal.Message);
    }

    [Fact]
    public void A_directory_without_an_experiment_is_no_run()
    {
        Assert.Contains("not a run directory", Assert.Throws<RunException>(() => RunDirectory.Read(_folder.Path)).Message);
    }

    public void Dispose()
    {
        _folder.Dispose();
    }

    private RunDirectory Open(PlaNet.Experiments.Experiment experiment) => RunDirectory.Open(_folder["run"], experiment, 1, Facts);
}

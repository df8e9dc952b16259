using PlaNet.Catalog;
using PlaNet.Cli;
using PlaNet.Tests.Common;
using PlaNet.Tests.Telemetry.Comparisons;

namespace PlaNet.Tests.Cli;

public sealed class ReportCommandTests
{
    [Fact]
    public async Task Report_prints_the_table_and_names_its_files()
    {
        using var folder = new TemporaryFolder();
        EvaluatedRun.Write(folder, CpuSized.Quickstart, 0, "DONE", (75, 400));
        EvaluatedRun.Write(folder, CpuSized.Quickstart, 1, "FAILED: out of [memory]");
        var (code, output, error) = await PlanetCommandLine.Run("report", "--runs", folder["runs"], "--seeds", "3");
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.DoesNotContain('\u001b', output);
        var row = Assert.Single(output.Split('\n'), line => line.Contains("1 done, 1 failed, 1 missing", StringComparison.Ordinal));
        Assert.Contains("400.0", row);
        Assert.Contains("orientation: 821 (ICML Table 1, 1,000 episodes)", row);
        Assert.Contains("seed 1 failed after 0 episodes: out of [memory]; it has no evaluation and no score", output);
        foreach (var file in new[] { "report.html", "report.md", "report.csv", "curves.csv" })
        {
            Assert.Contains(folder["runs/report/" + file], output);
            Assert.True(File.Exists(folder["runs/report/" + file]));
        }
    }

    [Fact]
    public async Task Runs_of_several_folders_are_combined_into_one_report()
    {
        using var folder = new TemporaryFolder();
        EvaluatedRun.Write(folder, CpuSized.Quickstart, 0, "DONE", (75, 400));
        Directory.Move(folder["runs"], folder["here"]);
        EvaluatedRun.Write(folder, CpuSized.Quickstart, 1, "DONE", (75, 200));
        var (code, output, error) = await PlanetCommandLine.Run(
            "report", "--runs", folder["here"], "--runs", folder["runs"], "--out", folder["both"]);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains("2 of 2", output);
        Assert.True(File.Exists(folder["both/report.html"]));
        Assert.False(Directory.Exists(folder["here/report"]));
    }

    [Fact]
    public async Task Unusable_folders_are_refused_on_one_line_and_nothing_is_written()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        foreach (var (words, expected) in new (string[] Words, string Expected)[]
        {
            (["--runs", folder["none"]], "there is no folder"),
            (["--runs", folder["file"]], "is a file, not a folder"),
            (["--runs", folder.Path], "there is no run to report on"),
            (["--runs", folder.Path, "--seeds", "0"], "--seeds 0"),
        })
        {
            var (code, output, error) = await PlanetCommandLine.Run(["report", .. words]);
            Assert.Equal((ExitCode.UnusableInput, ""), (code, output));
            Assert.Contains(expected, error);
            Assert.Equal(1, error.Count(letter => letter == '\n'));
        }

        EvaluatedRun.Write(folder, CpuSized.Quickstart, 0, "DONE", (75, 400));
        var (refused, _, why) = await PlanetCommandLine.Run("report", "--runs", folder.Path, "--out", folder["file"]);
        Assert.Equal(ExitCode.UnusableInput, refused);
        Assert.Contains("Give another folder with --out", why);
        Assert.Equal(["file", "runs"], folder.Names());
    }
}

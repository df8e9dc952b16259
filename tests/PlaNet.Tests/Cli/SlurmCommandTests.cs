using PlaNet.Cli;
using PlaNet.Tests.Replay;

namespace PlaNet.Tests.Cli;

public sealed class SlurmCommandTests
{
    [Fact]
    public async Task A_grid_is_added_once_and_its_script_written()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["--seeds", "1", "--runs", folder["runs"], "--out", folder["job"], "--time", "10:00:00", "-s", "compute.threads=3"];
        var (code, output, error) = await Planet(words);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains("2 runs, 2 of them new to the store", output);
        Assert.Contains("2 runs, 0 of them new to the store", (await Planet(words)).Output);
        Assert.Equal(2, SmallGrid.Cells(folder["runs"]).Length);
        var script = File.ReadAllText(folder["job"]);
        Assert.StartsWith("#!/usr/bin/env bash\n#SBATCH --job-name=planet-Smoke\n#SBATCH --array=1-1\n", script);
        Assert.Contains("\n#SBATCH --cpus-per-task=3\n#SBATCH --time=10:00:00\n", script);
        Assert.Contains($"'--store' '{folder["runs"]}/.store' '--runs' '{folder["runs"]}'", script);
        Assert.Contains("'--workers' '1' '--device' 'cpu' '--until-done')", script);
    }

    [Theory]
    [InlineData("--time", "8h", "HH:MM:SS")]
    [InlineData("--time", "08:60:00", "HH:MM:SS")]
    [InlineData("--time", "08:00:00\n", "HH:MM:SS")]
    [InlineData("--time", "00:01:59", "00:02:00 at least")]
    [InlineData("--tasks", "0", "from 1 to 1000")]
    [InlineData("--tasks", "1001", "from 1 to 1000")]
    [InlineData("--cpus", "0", "from 1 to 1024")]
    [InlineData("--gpus", "-1", "from 0 to 64")]
    [InlineData("--partition", "a b", "letters, digits")]
    [InlineData("--nodelist", "a\n#SBATCH --x", "letters, digits")]
    [InlineData("--tasks", "2", "serves one machine only")]
    [InlineData("--store", "postgres://me:secret@host/grids", "PGPASSWORD")]
    public async Task What_Slurm_could_not_use_is_refused_before_anything_is_written(string option, string value, string rule)
    {
        using var folder = new TemporaryFolder();
        var (code, _, error) = await Planet("--runs", folder["runs"], "--out", folder["job"], option, value);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains(rule, error);
        Assert.DoesNotContain("secret", error);
        Assert.Empty(folder.Names());
    }

    private static async Task<(int Code, string Output, string Error)> Planet(params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLineHost.RunAsync(["slurm", "--grid", "Smoke", .. words], output, error, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }
}

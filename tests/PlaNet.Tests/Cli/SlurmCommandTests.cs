using PlaNet.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cli;

public sealed class SlurmCommandTests
{
    [Fact]
    public async Task The_script_is_written_and_the_command_that_starts_the_grid_is_printed()
    {
        using var folder = new TemporaryFolder();
        string[] words =
        [
            "--seeds", "1", "--runs", folder["runs"], "--out", folder["job"], "--time", "10:00:00", "-s", "compute.threads=3"
        ];
        var (code, output, error) = await Planet(words);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains("`planet grid --grid Smoke --listen login:4711 --workers 0`", output);
        Assert.Equal(["job"], folder.Names());
        var script = File.ReadAllText(folder["job"]);
        Assert.StartsWith("#!/usr/bin/env bash\n#SBATCH --job-name=planet-Smoke\n#SBATCH --array=1-1\n", script);
        Assert.Contains("\n#SBATCH --cpus-per-task=3\n#SBATCH --time=10:00:00\n", script);
        Assert.Contains(
            $"'--join' 'login:4711' '--runs' '{folder["runs"]}' '--workers' '1' '--device' 'cpu' '--until-done' '--rejoin' '--wait' '600' --bind \"$(hostname):0\")",
            script);
    }

    [Theory]
    [InlineData("--time", "8h", "HH:MM:SS")]
    [InlineData("--time", "08:60:00", "HH:MM:SS")]
    [InlineData("--time", "08:00:00\n", "HH:MM:SS")]
    [InlineData("--time", "00:01:59", "at least 00:02:00")]
    [InlineData("--tasks", "0", "from 1 to 1000")]
    [InlineData("--tasks", "1001", "from 1 to 1000")]
    [InlineData("--cpus", "0", "from 1 to 1024")]
    [InlineData("--gpus", "-1", "from 0 to 64")]
    [InlineData("--partition", "a b", "letters, digits")]
    [InlineData("--join", "", "--join is missing")]
    [InlineData("--join", "login", "names no port")]
    public async Task Options_that_Slurm_cannot_use_are_refused_before_anything_is_written(string option, string value, string rule)
    {
        using var folder = new TemporaryFolder();
        var (code, _, error) = await Planet("--runs", folder["runs"], "--out", folder["job"], option, value);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains(rule, error);
        Assert.Empty(folder.Names());
    }

    private static Task<(int Code, string Output, string Error)> Planet(params string[] words) => PlanetCommandLine.Run(
        ["slurm", "--grid", "Smoke", .. words.Contains("--join") ? Array.Empty<string>() : ["--join", "login:4711"], .. words]);
}

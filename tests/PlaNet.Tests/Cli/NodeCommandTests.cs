using PlaNet.Cli;

namespace PlaNet.Tests.Cli;

/// <summary>Options that <c>planet node</c> and <c>planet grid</c> refuse before they join a cluster.</summary>
public sealed class NodeCommandTests
{
    [Theory]
    [InlineData("node", "--join is missing", "planet grid --listen")]
    [InlineData("node --join node1", "names no port", "Write HOST:PORT")]
    [InlineData("node --join node1:4711 --roles worker,colector", "no role colector", "did you mean collector?")]
    [InlineData("node --join node1:4711 --roles ,", "at least one role", "worker, collector, coordinator")]
    [InlineData("node --join 127.0.0.1:4711 --roles collector --workers 2", "--workers 2", "Add that role to --roles")]
    [InlineData("node --join node1:4711 --roles coordinator", "--roles coordinator", "Give --store postgres://user@host:5432/database")]
    [InlineData(
        "node --join node1:4711 --roles coordinator,worker --store /shared/store",
        "several machines can reach, not a folder",
        "leave that role out of --roles")]
    [InlineData("node --join node1:4711 --roles coordinator --store postgres://me:secret@host/grids", "PGPASSWORD", "")]
    [InlineData(
        "node --join node1:4711 --store postgres://me@host/grids", "--store postgres://me@host/grids", "--roles worker,coordinator")]
    [InlineData(
        "node --join node1:4711 --roles coordinator --store postgres://me@host/grids --workers 2", "--workers 2", "leave --workers out")]
    [InlineData("node --join node1:4711 --workers 0", "--workers 0", "Give 1 or more")]
    [InlineData("node --join node1:4711 --workers 2000", "--workers 2000", "0 to 1024")]
    [InlineData("node --join node1:4711 --wait 0", "--wait 0", "at most 86400 seconds")]
    [InlineData("grid --grid smoke --workers 0", "--workers 0", "--listen ADDRESS:PORT")]
    [InlineData("grid --runs /nowhere/at/all", "--grid is missing, and /nowhere/at/all/.store holds no runs", "planet grids")]
    public async Task Unusable_options_are_refused_with_a_remedy(string words, string rule, string remedy)
    {
        var (code, output, error) = await PlanetCommandLine.Run(words.Split(' '));
        Assert.Equal((ExitCode.UnusableInput, ""), (code, output));
        Assert.Contains(rule, error);
        Assert.Contains(remedy, error);
        Assert.DoesNotContain("secret", error);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_node_that_finds_no_coordinator_in_time_ends()
    {
        // No process listens on port 1.
        var (code, _, error) = await PlanetProcess.Run(["node", "--join", "127.0.0.1:1", "--wait", "1"]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains("--join 127.0.0.1:1: no grid coordinator was found within 1 s", error);
    }
}

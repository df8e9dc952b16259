using PlaNet.Cli;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>Standard output and standard error that are closed, full, or read by a program that ends early.</summary>
public sealed class OutputTests
{
    [Theory]
    [InlineData(">/dev/full", "experiments --all")]
    [InlineData(">&-", "experiments")]
    [InlineData(">/dev/full", "show --experiment quickstart")]
    [InlineData(">/dev/full", "oracle --task cartpole_balance --horizon 1 --iterations 1 --candidates 2 --elites 1")]
    public async Task A_verb_whose_results_cannot_be_written_fails_and_names_the_output(string redirection, string words)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        var (code, _, error) = await Redirected(redirection, words.Split(' '));
        Assert.Equal(ExitCode.Failure, code);
        Assert.StartsWith("planet: standard output cannot be written (", error);
        Assert.Equal(error.Length - 1, error.IndexOf('\n'));
    }

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    [InlineData(">&- 2>&-")]
    public async Task A_failure_that_cannot_be_printed_keeps_its_exit_code(string redirection)
    {
        var (code, output, error) = await Redirected(redirection, "show", "--experiment", "nothing");
        Assert.Equal((ExitCode.UnusableInput, "", ""), (code, output, error));
    }

    [Fact]
    public async Task A_reader_that_ends_early_is_no_failure()
    {
        var (code, output, error) = await Redirected("| head -n 1; exit ${PIPESTATUS[0]}", "show", "--experiment", "quickstart");
        Assert.Equal((ExitCode.Success, "{\n", ""), (code, output, error));
    }

    [Theory]
    [InlineData(">/dev/full")]
    [InlineData(">&-")]
    [InlineData(">/dev/full 2>/dev/full")]
    [InlineData("2>&-")]
    public async Task A_run_goes_on_without_the_lines_that_cannot_be_written(string redirection)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here.");
        using var folder = new TemporaryFolder();
        var (code, _, error) = await Redirected(redirection, ["train", .. SmallRun.Words, "--out", folder["run"]]);
        Assert.Equal(ExitCode.Success, code);
        Assert.Equal("DONE\n", File.ReadAllText(folder["run/state"]));
        if (!redirection.Contains('2', StringComparison.Ordinal))
        {
            Assert.StartsWith("planet: warning: the work continues without progress lines: standard output cannot be written (", error);
            Assert.Equal(error.Length - 1, error.IndexOf('\n'));
        }
    }

    private static async Task<(int Code, string Output, string Error)> Redirected(string redirection, params string[] words)
    {
        using var planet = PlanetProcess.StartBy(["bash", "-c", $"\"$@\" {redirection}", "bash"], words);
        return await planet.End();
    }
}

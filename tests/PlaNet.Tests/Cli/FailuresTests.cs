using PlaNet.Cli;
using PlaNet.Common;
using PlaNet.Environments.Processes;
using PlaNet.Experiments;
using PlaNet.MuJoCo;
using PlaNet.Runs;
using PlaNet.Runs.Settings;

namespace PlaNet.Tests.Cli;

public sealed class FailuresTests
{
    public static TheoryData<Exception, int, string> Cases => new()
    {
        { new UnusableInputException("no such thing"), ExitCode.UnusableInput, "planet: no such thing" },
        { new ExperimentException("no such option"), ExitCode.UnusableInput, "planet: no such option" },
        { new OpenGlException("MUJOCO_GL is 'x'."), ExitCode.UnusableInput, "planet: MUJOCO_GL is 'x'.\n" },
        { new SettingsException("jitter is 7"), ExitCode.UnusableInput, "planet: jitter is 7\n" },
        { new EnvironmentProcessException("sim ended."), ExitCode.Failure, "planet: sim ended. (--verbose" },
        { new EnvironmentProcessException("sim sent 1e39.") { BreaksProtocol = true }, ExitCode.UnusableInput, "planet: sim sent 1e39.\n" },
        { new NonFiniteLossException("The loss is not finite."), ExitCode.Failure, "planet: The loss is not finite. (--verbose" },
        {
            StorageException.Of("/run", new IOException("No space left.", 28)),
            ExitCode.UnusableInput,
            "planet: The disk is full: could not write /run (No space left.)"
        },
        { StorageException.Of("/run", new IOException("broken", 5)), ExitCode.Failure, "planet: Could not write /run: broken" },
        { new UnauthorizedAccessException("Access denied."), ExitCode.UnusableInput, "planet: Access denied. Give a path" },
        {
            new DllNotFoundException("libx.so\nand much more"),
            ExitCode.UnusableInput,
            "planet: a native library is missing: libx.so Run ./build.sh --target=Setup"
        },
        {
            new TypeInitializationException("PlaNet.X", new DllNotFoundException("run ./build.sh --target=Setup")),
            ExitCode.UnusableInput,
            "planet: run ./build.sh --target=Setup\n"
        },
        {
            new InvalidOperationException("No physics.", new DllNotFoundException("libx.so")),
            ExitCode.UnusableInput,
            "planet: No physics.\n"
        },
        {
            new InvalidOperationException("Run ./build.sh --target=Setup."),
            ExitCode.UnusableInput,
            "planet: Run ./build.sh --target=Setup.\n"
        },
        { new AggregateException(new IOException("disk\nfull")), ExitCode.Failure, "planet: IOException: disk full (--verbose" },
        { new OperationCanceledException("gave up waiting"), ExitCode.Failure, "planet: OperationCanceledException: gave up waiting" },
    };

    [Theory]
    [MemberData(nameof(Cases), DisableDiscoveryEnumeration = true)]
    public void Each_failure_is_reported_as_one_line_and_an_exit_code(Exception failure, int code, string line)
    {
        using var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(code, Failures.Report(failure, error, verbose: false, CancellationToken.None));
        Assert.StartsWith(line, error.ToString());
        Assert.Single(error.ToString(), character => character == '\n');
    }

    [Fact]
    public async Task A_program_that_ends_because_of_the_interruption_is_no_failure()
    {
        using var interruption = new CancellationTokenSource();
        var failure = new RunException("task.command: it ended", new EnvironmentProcessException("it ended"));
        using var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(ExitCode.UnusableInput, Failures.Report(failure, error, verbose: false, interruption.Token));
        await interruption.CancelAsync();
        Assert.Equal(ExitCode.Interrupted, Failures.Report(failure, error, verbose: false, interruption.Token));
        Assert.EndsWith("planet: interrupted\n", error.ToString());
    }

    [Fact]
    public async Task A_verb_cancelled_by_the_user_ends_as_interrupted()
    {
        using var interruption = new CancellationTokenSource();
        await interruption.CancelAsync();
        using var error = new StringWriter { NewLine = "\n" };
        Assert.Equal(ExitCode.Interrupted, Failures.Report(new OperationCanceledException(), error, verbose: false, interruption.Token));
        Assert.Equal("planet: interrupted\n", error.ToString());
    }

    [Fact]
    public void The_documentation_has_one_table_of_exit_codes()
    {
        var documented = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md")
            .SelectMany(page =>
                File.ReadLines(page).Select(line => (Page: Path.GetFileName(page), Cells: line.Split('|', StringSplitOptions.TrimEntries))))
            .Where(row => row.Cells.Length > 2 && int.TryParse(row.Cells[1], out _))
            .ToList();
        var codes = typeof(ExitCode).GetFields().Select(field => (int)field.GetValue(null)!).Order();
        Assert.Equal(
            codes,
            documented.Where(row => row.Page == "runs.md")
                .Select(row => int.Parse(row.Cells[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.DoesNotContain(documented, row => row.Page == "failures.md");
        Assert.Contains("runs.md#exit-codes", File.ReadAllText(Path.Combine(Repository.Root, "docs", "failures.md")));
    }
}

using PlaNet.Cli;
using PlaNet.Telemetry;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>The option <c>--fault</c> of <c>planet train</c>.</summary>
public sealed class FaultOptionTests
{
    [Theory]
    [InlineData("learner.updaet@1=crash", "Did you mean learner.update?")]
    [InlineData("env.step@1=disk-full", "env.step does not support disk-full. Choose one of crash, hang, kill.")]
    public async Task An_invalid_fault_is_refused_before_anything_runs(string word, string remedy)
    {
        using var folder = new TemporaryFolder();
        var (code, _, error) = await PlanetProcess.Run(["train", .. SmallRun.Words, "--out", folder["run"], "--fault", word]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.StartsWith($"planet: --fault {word}", error, StringComparison.Ordinal);
        Assert.Contains(remedy, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public async Task Injected_faults_are_reported_fail_the_run_and_leave_no_trace_in_the_resumed_run()
    {
        using var folder = new TemporaryFolder();
        string[] train = ["train", .. SmallRun.Words, "--seed", "3", "--out", folder["run"]];
        var (code, output, error) = await PlanetProcess.Run(
            [.. train, "--fault", "env.step@5=crash,replay.sample@2=crash", "--fault", "checkpoint.write@4=disk-full"]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains("injecting the fault env.step@5=crash", output, StringComparison.Ordinal);
        Assert.Contains("environment-0 was replaced: 1 unfinished episodes were dropped", output, StringComparison.Ordinal);
        Assert.StartsWith("planet: The disk is full: could not write ", error, StringComparison.Ordinal);
        Assert.Contains("No space left on device", error, StringComparison.Ordinal);
        Assert.Contains("No space left on device", Assert.Single(File.ReadAllLines(folder["run/state"])), StringComparison.Ordinal);
        Assert.StartsWith("FAILED: ", File.ReadAllText(folder["run/state"]), StringComparison.Ordinal);
        Assert.Equal("env.step@5=crash,replay.sample@2=crash,checkpoint.write@4=disk-full\n", File.ReadAllText(folder["run/faults.txt"]));

        Assert.Equal(ExitCode.Success, (await PlanetProcess.Run(train)).Code);
        Assert.Equal("DONE\n", File.ReadAllText(folder["run/state"]));
        var tags = MetricsLog.Read(folder["run/metrics.jsonl"]).SelectMany(line => line.Values.Keys).ToArray();
        Assert.All(
            ["incidents/fault/env.step", "incidents/environment-0", "incidents/fault/replay.sample", "incidents/replay"],
            tag => Assert.Contains(tag, tags));

        Assert.Equal(
            ExitCode.Success, (await PlanetProcess.Run(["train", .. SmallRun.Words, "--seed", "3", "--out", folder["undisturbed"]])).Code);
        Assert.Equal(SmallRun.Fingerprint(folder["undisturbed"]), SmallRun.Fingerprint(folder["run"]));
    }
}

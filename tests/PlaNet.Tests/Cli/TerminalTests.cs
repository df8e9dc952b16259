using System.Diagnostics;
using System.Globalization;
using PlaNet.Runs.Results;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;
using PlaNet.Tests.Runs.Playing;

namespace PlaNet.Tests.Cli;

/// <summary>A terminal that goes away, as when its window is closed or a connection is lost.</summary>
public sealed class TerminalTests
{
    [Fact]
    public async Task A_run_whose_terminal_goes_away_is_saved_and_ends_as_interrupted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "The terminal is made by script of util-linux.");
        using var folder = new TemporaryFolder();
        const int Repeat = 118;

        // The shell of the terminal ends with it, and with that shell the others in the foreground receive the signal. This one ignores it,
        // because the exit code has no other way to the test.
        File.WriteAllText(
            folder["shell"],
            $"trap '' HUP\necho $$ >{folder["id"]}\n\"$@\"\necho $? >{folder["written"]}\nmv {folder["written"]} {folder["code"]}\n");

        // Under nohup, or in the background of a shell, the terminal's own shell would ignore the signal and live on.
        var inTerminal = "exec env --default-signal=HUP,INT,TERM script --quiet --command "
            + $"\"bash {folder["shell"]} $(printf '%q ' \"$@\"); true\" /dev/null";
        using var terminal = PlanetProcess.StartBy(
            ["bash", "-c", inTerminal, "bash"],
            [
                "train", .. SmallRun.Words, "--out", folder["run"], "--set=schedule.collect_interval=100000",
                "--set=task.isolation=process", $"--set=task.action_repeat={Repeat}",
            ]);
        await terminal.Logged(folder["run"], line => line.Values.ContainsKey(RunTags.Loss));
        await terminal.Kill();
        Assert.Contains("\u001b[K", (await terminal.End()).Output);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            while (!File.Exists(folder["code"]))
            {
                await Task.Delay(20, patience.Token);
            }
        }
        catch (OperationCanceledException)
        {
            using var left = Process.GetProcessById(int.Parse(File.ReadAllText(folder["id"]), CultureInfo.InvariantCulture));
            left.Kill(entireProcessTree: true);
            Assert.Fail("The run outlives its terminal.");
        }

        Assert.Equal("130\n", File.ReadAllText(folder["code"]));
        Assert.Equal("INTERRUPTED\n", File.ReadAllText(folder["run/state"]));
        Assert.Empty(SmallRun.Unfinished(folder["run"]));
        Assert.Empty(Workers.Of(Repeat));
    }
}

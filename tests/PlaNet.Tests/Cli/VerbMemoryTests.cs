using System.Globalization;
using PlaNet.Cli;
using PlaNet.Runs;
using PlaNet.Tests.Common;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary>Memory of verbs that play episodes does not grow with their number or length.</summary>
public sealed class VerbMemoryTests
{
    // An episode of it takes 1.2 MB. At every reset it measures the process that started it.
    private const string Program = """
        import json, os, sys
        frame, out = bytes(64 * 64 * 3), sys.stdout.buffer
        def send(head, body=b""):
            out.write(json.dumps(head).encode() + b"\n" + body)
            out.flush()
        send({"protocol": "planet-environment/1", "task": "still", "action": {"low": [-1], "high": [1]},
              "image": {"height": 64, "width": 64}, "control_steps": 100})
        for line in sys.stdin:
            request = json.loads(line)
            if request["do"] == "close":
                break
            if request["do"] == "reset":
                left = 100
                with open(f"/proc/{os.getppid()}/status") as status, open(sys.argv[1], "a") as measured:
                    measured.write(next(line for line in status if line.startswith("VmRSS")).split()[1] + "\n")
                send({"bytes": len(frame)}, frame)
            else:
                left -= 1
                send({"bytes": len(frame), "reward": 0, "terminated": False, "truncated": left == 0}, frame)
        """;

    [Fact]
    public async Task Resident_memory_of_evaluate_does_not_grow_with_the_number_of_episodes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && HasPython(), "Memory is read in /proc, by a program in Python.");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["still.py"], Program);
        var task = SmallRun.Experiment.Task with { Name = "still", Command = $"python3 {folder["still.py"]} {folder["measured"]}" };
        RunDirectory.Open(folder["run"], SmallRun.Experiment with { Task = task }, 3, new Dictionary<string, string>()).Dispose();
        var (code, output, error) = await PlanetProcess.Run(["evaluate", "--run", folder["run"], "--episodes", "300", "--random"]);
        Assert.True(code == ExitCode.Success, output + error);
        var kibibytes = File.ReadLines(folder["measured"]).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(300, kibibytes.Length);
        var (early, late) = (kibibytes[50..100].Max() / 1024.0, kibibytes[250..].Max() / 1024.0);
        Assert.True(late <= 1.2 * early, $"{early:F0} MiB in the first hundred episodes, {late:F0} MiB in the last fifty");
    }

    [Fact]
    public async Task Resident_memory_of_view_does_not_grow_with_the_number_of_decisions()
    {
        using var folder = new TemporaryFolder();
        var (few, many) = (await Peak(40), await Peak(300));
        Assert.True(many <= 1.2 * few, $"{few:F0} MiB for 40 decisions, {many:F0} MiB for 300");

        // Frames so small that the video itself takes less than a mebibyte.
        async Task<double> Peak(int decisions)
        {
            using var planet = PlanetProcess.Start(
            [
                "view", "--task", "walker_walk", "--steps", $"{decisions}", "--size", "16", "--quality", "fast",
                "--out", folder[$"{decisions}.gif"],
            ]);
            var peak = 0.0;
            try
            {
                while (!planet.HasEnded)
                {
                    peak = Math.Max(peak, planet.ResidentMebibytes());
                    await Task.Delay(10);
                }
            }
            catch (InvalidOperationException) when (planet.HasEnded)
            {
                // It ended between the two calls.
            }

            var (code, output, error) = await planet.End();
            Assert.True(code == ExitCode.Success, error);
            Assert.Contains($"{decisions} decisions", output);
            return peak;
        }
    }

    private static bool HasPython() => Array.Exists(
        Environment.GetEnvironmentVariable("PATH")!.Split(':'), path => File.Exists(Path.Combine(path, "python3")));
}

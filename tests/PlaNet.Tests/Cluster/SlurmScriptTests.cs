using System.Diagnostics;
using PlaNet.Cluster.Security;
using PlaNet.Cluster.Slurm;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cluster;

/// <summary>The job script, run by bash with small programs in place of those of Slurm and PlaNet.</summary>
public sealed class SlurmScriptTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("plain")]
    [InlineData("it's 'quoted'")]
    [InlineData("a \"b\" $HOME `id` $(id) \\ & ; | * ? # ~ !")]
    [InlineData("two\nlines\n#SBATCH --array=1-9")]
    [InlineData("Übung 試験")]
    public async Task Bash_passes_every_path_on_unchanged(string name)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder[name]);
        var program = Program(folder, name + "/planet", "printf '%s\\0' \"$@\" > \"$0.words\"");
        var script = Write(folder, Job(program) with { Runs = folder[name] + "/runs", Grid = name });
        using (var check = Process.Start("bash", ["-n", script]))
        {
            await check.WaitForExitAsync();
            Assert.Equal(0, check.ExitCode);
        }

        using var bash = Start(folder, script);
        await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync().WaitAsync(s_timeout);
        Assert.Equal(0, bash.ExitCode);
        Assert.Equal(
            [
                "node", "--grid", name, "--join", "127.0.0.1:4711", "--runs", folder[name] + "/runs", "--workers", "1", "--device", "cpu",
                "--until-done", "--rejoin", "--wait", "600", "",
            ],
            File.ReadAllText(program + ".words").Split('\0'));
    }

    [Fact]
    public async Task A_task_that_joins_another_machine_binds_to_the_host_name_of_its_own()
    {
        using var folder = new TemporaryFolder();
        var program = Program(folder, "planet", "printf '%s\\n' \"$@\" > \"$0.words\"");
        Program(folder, "hostname", "echo node-7.lab");
        var job = Job(program) with
        {
            Join = [ClusterEndpoint.Parse("login.lab:4711"), ClusterEndpoint.Parse("[fd00::1]:4711")],
            Insecure = true
        };
        using var bash = Start(folder, Write(folder, job));
        await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync().WaitAsync(s_timeout);
        var words = File.ReadAllLines(program + ".words");
        Assert.Contains("login.lab:4711,[fd00::1]:4711", words);
        Assert.Equal(["--insecure", "--bind", "node-7.lab:0"], words[^3..]);
    }

    [Theory]
    [InlineData("USR1", 130, true)]
    [InlineData("USR1", 0, false)]
    [InlineData("USR1", 1, false)]
    [InlineData("TERM", 130, false)]
    public async Task A_task_is_requeued_when_its_time_limit_ends_before_its_work(string signal, int code, bool again)
    {
        using var folder = new TemporaryFolder();
        var planet = Program(folder, "planet", $"trap 'exit {code}' TERM; echo node $$; while :; do sleep 0.05; done");
        Program(folder, "scontrol", "echo \"$@\" > \"$0.words\"");
        using var bash = Start(folder, Write(folder, Job(planet)));
        string? line;
        while ((line = await bash.StandardOutput.ReadLineAsync()) is not null && !line.StartsWith("node ", StringComparison.Ordinal))
        {
        }

        Assert.NotNull(line);
        Send(signal, bash.Id.ToString());
        if (signal == "TERM")
        {
            // Slurm sends SIGTERM to every process of a job.
            Send(signal, line["node ".Length..]);
        }

        await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync().WaitAsync(s_timeout);
        Assert.Equal(again ? 0 : code, bash.ExitCode);
        Assert.Equal(
            again ? "requeue 12_3\n" : "",
            File.Exists(folder["scontrol.words"]) ? File.ReadAllText(folder["scontrol.words"]) : "");
    }

    [Fact]
    public async Task A_task_that_cannot_be_requeued_fails_with_a_remedy()
    {
        using var folder = new TemporaryFolder();
        var planet = Program(folder, "planet", "trap 'exit 130' TERM; kill -USR1 $PPID; while :; do sleep 0.05; done");
        Program(folder, "scontrol", "exit 1");
        using var bash = Start(folder, Write(folder, Job(planet)));
        var error = await bash.StandardError.ReadToEndAsync();
        await bash.WaitForExitAsync().WaitAsync(s_timeout);
        Assert.Equal(130, bash.ExitCode);
        Assert.Contains("submit the script again", error);
    }

    [Fact]
    public async Task Outside_Slurm_the_script_does_nothing()
    {
        using var folder = new TemporaryFolder();
        var script = Write(folder, Job(Program(folder, "planet", "touch \"$0.begun\"")));
        using var bash = Start(folder, script, task: null);
        Assert.Contains("sbatch", await bash.StandardError.ReadToEndAsync());
        await bash.WaitForExitAsync().WaitAsync(s_timeout);
        Assert.Equal(2, bash.ExitCode);
        Assert.False(File.Exists(folder["planet.begun"]));
    }

    [Fact]
    public void Every_option_becomes_a_line_for_Slurm()
    {
        var job = Job("planet") with
        {
            Grid = "My grid\n#SBATCH --nice",
            Tasks = 4,
            Cpus = 6,
            Gpus = 2,
            Time = new TimeSpan(72, 0, 5),
            Partition = "gpu",
        };
        var lines = SlurmScript.Of(job).Split('\n')
            .Where(line => line.StartsWith("#SBATCH", StringComparison.Ordinal))
            .Select(line => line["#SBATCH --".Length..]);
        Assert.Equal(
            [
                "job-name=planet-My-grid--SBATCH---nice", "array=1-4", "nodes=1", "ntasks=1", "cpus-per-task=6", "gres=gpu:2",
                "time=72:00:05", "partition=gpu", "signal=B:USR1@180", "requeue", "open-mode=append", "nice'",
            ],
            lines.Select(line =>
                line.StartsWith(
                    "nice' '--join' '127.0.0.1:4711' '--runs' 'runs' '--workers' '2' '--device' 'cuda' ", StringComparison.Ordinal)
                    ? "nice'"
                    : line));
        Assert.Equal(TimeSpan.FromSeconds(30), (job with { Time = SlurmJob.ShortestTime }).Notice);
        Assert.Equal(SlurmJob.LongestNotice, (job with { Time = null }).Notice);
    }

    private static SlurmJob Job(string program) =>
        new() { Grid = "Smoke", Join = [ClusterEndpoint.Parse("127.0.0.1:4711")], Runs = "runs", Program = [program] };

    private static string Write(TemporaryFolder folder, SlurmJob job)
    {
        File.WriteAllText(folder["script"], SlurmScript.Of(job));
        return folder["script"];
    }

    private static string Program(TemporaryFolder folder, string name, string body)
    {
        File.WriteAllText(folder[name], "#!/usr/bin/env bash\n" + body + "\n");
        using var chmod = Process.Start("chmod", ["u+x", folder[name]]);
        chmod.WaitForExit();
        return folder[name];
    }

    // The programs in the folder come first in PATH.
    private static Process Start(TemporaryFolder folder, string script, string? task = "3")
    {
        var start = new ProcessStartInfo("bash", [script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false
        };
        start.Environment["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["SLURM_ARRAY_JOB_ID"] = "12";
        start.Environment["SLURM_ARRAY_TASK_ID"] = task;
        return Process.Start(start)!;
    }

    private static void Send(string signal, string process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process]);
        kill.WaitForExit();
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace PlaNet.Tests.Cluster;

/// <summary>The daemons of Slurm on one machine, with their files in a temporary folder and with free ports.</summary>
public sealed class SlurmCluster : IAsyncLifetime
{
    private static readonly string[] s_programs = ["/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged"];

    // Short, because the length of a socket's path is limited.
    private readonly string _folder = Directory.CreateTempSubdirectory("slurm-").FullName;
    private readonly List<Process> _daemons = [];

    /// <summary>Why there is no Slurm; null when there is one.</summary>
    public static string? Missing => Array.TrueForAll(s_programs, File.Exists)
        ? null
        : "Slurm is not installed: apt-get install slurmctld slurmd slurm-client munge";

    /// <summary>The name by which Slurm knows this machine.</summary>
    public static string Machine => Environment.MachineName.Split('.')[0];

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }

        File.WriteAllBytes(In("munge.key"), RandomNumberGenerator.GetBytes(1024));
        Ask("chmod", "go=", In("munge.key"));
        Directory.CreateDirectory(In("state"));
        Directory.CreateDirectory(In("spool"));
        File.WriteAllText(In("slurm.conf"), Settings());
        try
        {
            Daemon(
                s_programs[2], "--foreground", "--force", $"--socket={In("munge")}", $"--key-file={In("munge.key")}",
                $"--pid-file={In("munge.pid")}", $"--log-file={In("munge.log")}", $"--seed-file={In("munge.seed")}");
            await Until(() => File.Exists(In("munge")));
            Daemon(s_programs[0], "-D");
            Daemon(s_programs[1], "-D");
            await Until(() => Ask("sinfo", "--noheader", "--format=%t").Contains("idle", StringComparison.Ordinal));
        }
        catch
        {
            await End();
            throw;
        }
    }

    /// <summary>Runs a command against this Slurm and returns its output; empty when it failed.</summary>
    /// <param name="line">The program and its arguments.</param>
    public string Ask(params string[] line) => Ask(_folder, [], line);

    /// <summary>Runs a command against this Slurm and returns its output; empty when it failed.</summary>
    /// <param name="where">The working directory.</param>
    /// <param name="environment">Variables in addition to those of the test process.</param>
    /// <param name="line">The program and its arguments.</param>
    public string Ask(string where, (string Name, string Value)[] environment, string[] line)
    {
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = where,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["SLURM_CONF"] = In("slurm.conf");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : "";
    }

    /// <summary>Waits until a condition holds. Slurm does not announce changes, so this polls it.</summary>
    public async Task Until(Func<bool> holds)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!holds())
        {
            if (timeout.IsCancellationRequested)
            {
                var text = File.Exists(In("slurmctld.log")) ? File.ReadAllText(In("slurmctld.log")) : "none, it did not start";
                Assert.Fail("The condition did not hold within 3 minutes. Log of slurmctld: " + text);
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemons.Count > 0)
        {
            Ask("scancel", "--me");
            await Until(() => Ask("squeue", "--noheader").Length == 0);
        }

        await End();
    }

    private async Task End()
    {
        foreach (var daemon in Enumerable.Reverse(_daemons))
        {
            using (var kill = Process.Start("kill", [daemon.Id.ToString()]))
            {
                await kill.WaitForExitAsync();
            }

            await daemon.WaitForExitAsync();
            daemon.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string Settings()
    {
        var user = Environment.UserName;
        return $"""
            ClusterName=planet
            SlurmctldHost={Machine}(127.0.0.1)
            SlurmctldPort={FreePort()}
            SlurmdPort={FreePort()}
            AuthType=auth/munge
            AuthInfo=socket={In("munge")}
            CredType=cred/munge
            SlurmUser={user}
            SlurmdUser={user}
            ProctrackType=proctrack/linuxproc
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            ReturnToService=2
            MpiDefault=none
            SlurmdParameters=config_overrides
            StateSaveLocation={In("state")}
            SlurmdSpoolDir={In("spool")}
            SlurmctldPidFile={In("slurmctld.pid")}
            SlurmdPidFile={In("slurmd.pid")}
            SlurmctldLogFile={In("slurmctld.log")}
            SlurmdLogFile={In("slurmd.log")}
            NodeName={Machine} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
            PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP

            """;
    }

    private void Daemon(string program, params string[] words)
    {
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false
        };
        start.Environment["SLURM_CONF"] = In("slurm.conf");
        var daemon = Process.Start(start)!;
        daemon.OutputDataReceived += (_, _) => { };
        daemon.ErrorDataReceived += (_, _) => { };
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        _daemons.Add(daemon);
    }

    private string In(string name) => Path.Combine(_folder, name);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

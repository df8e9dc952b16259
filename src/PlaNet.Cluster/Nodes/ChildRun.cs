using System.Diagnostics;
using System.Globalization;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>
/// One run in a child process. The child reads one line from standard input for every lease renewal. It stops as on Ctrl-C when standard
/// input closes or no line arrives within the lease timeout, so it ends by itself when its node is killed, frozen or has lost its store.
/// </summary>
internal sealed class ChildRun : IDisposable
{
    private const int MaxErrorLines = 5;

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly Queue<string> _errors = new();
    private bool _stopped;

    private ChildRun(Process process)
    {
        _process = process;
    }

    /// <summary>The last 5 lines of standard error, joined with spaces.</summary>
    public string ErrorTail
    {
        get
        {
            lock (_gate)
            {
                return string.Join(' ', _errors);
            }
        }
    }

    /// <summary>Starts the process.</summary>
    /// <param name="lease">The cell to run and the lease on it.</param>
    /// <param name="experiment">Path of the file with the cell's experiment as JSON.</param>
    /// <param name="options">Settings of the node.</param>
    /// <param name="cores">Numbers of the cores to pin the process to.</param>
    /// <param name="device">Value of <c>CUDA_VISIBLE_DEVICES</c>; null leaves the variable as it is.</param>
    /// <param name="onExit">Called with the exit code once the process has exited and both outputs were read.</param>
    public static ChildRun Start(
        CellLease lease, string experiment, NodeOptions options, IReadOnlyList<int> cores, string? device, Action<int> onExit)
    {
        // The child must stop before the lease expires and another node may claim the cell. A renewal may reach it one heartbeat late.
        var leaseTimeout = ((options.Lease - options.Heartbeat) * 0.9).TotalSeconds.ToString(CultureInfo.InvariantCulture);
        string[] command =
        [
            .. Pin(cores),
            .. options.Program,
            "train",
            "--experiment", experiment,
            "--seed", lease.Cell.Seed.ToString(CultureInfo.InvariantCulture),
            "--out", Path.Combine(options.Runs, lease.Key.Name),
            "--device", options.Device,
            "--lease", leaseTimeout,
            .. options.ExtraArguments(),
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (device is not null)
        {
            start.Environment["CUDA_VISIBLE_DEVICES"] = device;
        }

        // With more OpenMP threads than pinned cores, threads that spin at a barrier would slow down the others.
        start.Environment.TryAdd("OMP_WAIT_POLICY", "passive");
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var child = new ChildRun(process);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, data) => child.AddErrorLine(data.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _ = child.WaitAsync(onExit);
        return child;
    }

    /// <summary>Sends a lease renewal to the process. Does nothing once it was asked to stop or has exited.</summary>
    public void Renew()
    {
        if (_stopped)
        {
            return;
        }

        try
        {
            _process.StandardInput.Write("held\n");
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // The process has exited; WaitAsync reports that.
        }
    }

    /// <summary>Asks the process to save everything and exit.</summary>
    public void Stop()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process has exited already.
        }
    }

    /// <summary>Kills the process.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static string[] Pin(IReadOnlyList<int> cores)
    {
        const string Program = "/usr/bin/taskset";
        return File.Exists(Program) ? [Program, "--cpu-list", string.Join(',', cores)] : [];
    }

    private async Task WaitAsync(Action<int> onExit)
    {
        // Returns only once both outputs were read to the end, so that ErrorTail is complete.
        await _process.WaitForExitAsync().ConfigureAwait(false);
        onExit(_process.ExitCode);
    }

    private void AddErrorLine(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        lock (_gate)
        {
            _errors.Enqueue(line.Trim());
            if (_errors.Count > MaxErrorLines)
            {
                _errors.Dequeue();
            }
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using PlaNet.Cluster.Stores;

namespace PlaNet.Cluster.Nodes;

/// <summary>
/// One run in a process of its own. The process lives on a lease too: it reads a line from its standard input for every renewal, and stops,
/// as on Ctrl-C, when that ends or stays silent. So it stops by itself when its node is killed, frozen, or has lost its store.
/// </summary>
internal sealed class ChildRun : IDisposable
{
    private const int KeptLines = 5;

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly Queue<string> _errors = new();
    private bool _stopped;

    private ChildRun(Process process)
    {
        _process = process;
    }

    /// <summary>The last lines that it wrote to standard error.</summary>
    public string Said
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
    /// <param name="held">The cell.</param>
    /// <param name="experiment">The file with its experiment.</param>
    /// <param name="options">The node's options.</param>
    /// <param name="cores">The cores it keeps to.</param>
    /// <param name="device">Which of several CUDA devices it sees; null for all.</param>
    /// <param name="ended">Told the exit code.</param>
    public static ChildRun Start(
        CellLease held, string experiment, NodeOptions options, IReadOnlyList<int> cores, string? device, Action<int> ended)
    {
        // Silence has to be noticed before the lease ends for others. A renewal may reach the process as late as a heartbeat after it was made.
        var silence = ((options.Lease - options.Heartbeat) * 0.9).TotalSeconds.ToString(CultureInfo.InvariantCulture);
        string[] line =
        [
            .. Pin(cores),
            .. options.Program,
            "train",
            "--experiment", experiment,
            "--seed", held.Cell.Seed.ToString(CultureInfo.InvariantCulture),
            "--out", Path.Combine(options.Runs, held.Key.Name),
            "--device", options.Device,
            "--lease", silence,
            .. options.RunWords(),
        ];
        var start = new ProcessStartInfo(line[0], line[1..])
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

        // Threads of a pool that is larger than its cores must not spin while they wait for one another.
        start.Environment.TryAdd("OMP_WAIT_POLICY", "passive");
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var child = new ChildRun(process);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, data) => child.Hear(data.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _ = child.WaitAsync(ended);
        return child;
    }

    /// <summary>Tells the process that its lease is renewed.</summary>
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
            // It has ended; its exit is told apart.
        }
    }

    /// <summary>Asks the process to save everything and end.</summary>
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
            // It has ended already.
        }
    }

    /// <summary>Ends the process at once.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    private static string[] Pin(IReadOnlyList<int> cores)
    {
        const string Program = "/usr/bin/taskset";
        return File.Exists(Program) ? [Program, "--cpu-list", string.Join(',', cores)] : [];
    }

    private async Task WaitAsync(Action<int> ended)
    {
        // Also waits for the last lines of both outputs.
        await _process.WaitForExitAsync().ConfigureAwait(false);
        ended(_process.ExitCode);
    }

    private void Hear(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return;
        }

        lock (_gate)
        {
            _errors.Enqueue(line.Trim());
            if (_errors.Count > KeptLines)
            {
                _errors.Dequeue();
            }
        }
    }
}

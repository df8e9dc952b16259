using Akka.Actor;
using PlaNet.Cluster.Stores;
using PlaNet.Common;
using PlaNet.Runs;

namespace PlaNet.Cluster.Nodes;

/// <summary>The child processes of a worker, by lease. Not thread-safe.</summary>
/// <param name="options">Settings of the node.</param>
/// <param name="worker">Receives <see cref="ChildEnded"/>.</param>
internal sealed class ChildRuns(NodeOptions options, IActorRef worker) : IDisposable
{
    private readonly Dictionary<CellLease, ChildRun> _children = [];
    private readonly IReadOnlyList<IReadOnlyList<int>> _cores =
        options.Workers > 0 ? CoreShares.Of(CoreShares.Allowed(), options.Workers) : [];

    private readonly IReadOnlyList<string> _devices = options.Device == "cuda" ? CudaDevices.Visible() : [];

    /// <summary>Starts the process of a run.</summary>
    /// <param name="lease">The cell to run and the lease on it.</param>
    /// <param name="slot">Index of the slot, which selects the cores and the CUDA device.</param>
    /// <returns><see cref="ChildStarted"/>, <see cref="ChildDirectoryLocked"/> or <see cref="ChildFailed"/>.</returns>
    public object Start(CellLease lease, int slot)
    {
        var folder = FolderOf(lease.Key);
        if (HeldFile.IsHeld(folder.LockFile) is true)
        {
            return new ChildDirectoryLocked(lease);
        }

        try
        {
            var experiment = Path.Combine(options.Runs, ".cells", lease.Key.Name.Replace('/', '-') + ".json");
            Directory.CreateDirectory(Path.GetDirectoryName(experiment)!);
            AtomicFile.WriteText(experiment, lease.Cell.Experiment);
            var device = _devices.Count > 1 ? _devices[slot % _devices.Count] : null;
            ChildRun? child = null;
            child = ChildRun.Start(lease, experiment, options, _cores[slot], device, code => worker.Tell(
                new ChildEnded(lease, code, ExitReason.Of(code, child?.ErrorTail ?? "", RunFiles.Failure(folder))), ActorRefs.NoSender));
            _children[lease] = child;
            return new ChildStarted(lease);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return new ChildFailed(
                lease,
                $"the run could not be started: {exception.Message.TrimEnd('.')}. " +
                $"Check that {options.Program[0]} can be executed and {options.Runs} is writable.");
        }
    }

    /// <summary>Sends a lease renewal to the processes of these leases.</summary>
    public void Renew(IEnumerable<CellLease> leases)
    {
        foreach (var lease in leases)
        {
            _children.GetValueOrDefault(lease)?.Renew();
        }
    }

    /// <summary>Asks a process to save everything and exit.</summary>
    public void Stop(CellLease lease) => _children.GetValueOrDefault(lease)?.Stop();

    /// <summary>Kills a process.</summary>
    public void Kill(CellLease lease) => _children.GetValueOrDefault(lease)?.Kill();

    /// <summary>Forgets a process that has exited.</summary>
    public void Forget(CellLease lease)
    {
        if (_children.Remove(lease, out var child))
        {
            child.Dispose();
        }
    }

    /// <summary>Reads the completed schedule steps of each run from its run directory; runs without metrics are left out.</summary>
    public StepsRead ReadSteps(IEnumerable<CellLease> leases) => new(leases
        .Select(lease => (lease.Key, Step: RunFiles.Step(FolderOf(lease.Key))))
        .Where(read => read.Step is not null)
        .ToDictionary(read => read.Key, read => read.Step!.Value));

    /// <summary>Asks every process to save everything and exit; does not wait for them.</summary>
    public void Dispose()
    {
        foreach (var child in _children.Values)
        {
            child.Stop();
            child.Dispose();
        }

        _children.Clear();
    }

    private RunFolder FolderOf(CellKey key) => new(Path.Combine(options.Runs, key.Name));
}

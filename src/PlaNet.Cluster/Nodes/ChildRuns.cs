using Akka.Actor;
using PlaNet.Cluster.Stores;
using PlaNet.Common;
using PlaNet.Runs;

namespace PlaNet.Cluster.Nodes;

/// <summary>The child processes of a worker, by cell. For one thread.</summary>
/// <param name="options">How the node works.</param>
/// <param name="worker">Told what becomes of them.</param>
internal sealed class ChildRuns(NodeOptions options, IActorRef worker) : IDisposable
{
    private readonly Dictionary<CellLease, ChildRun> _children = [];
    private readonly IReadOnlyList<IReadOnlyList<int>> _cores = options.Workers > 0 ? CoreShares.Of(CoreShares.Allowed(), options.Workers) : [];
    private readonly IReadOnlyList<string> _devices = options.Device == "cuda" ? CudaDevices.Visible() : [];

    /// <summary>Starts the process of a run.</summary>
    /// <param name="lease">The cell.</param>
    /// <param name="slot">Number of the worker's place that it takes, by which cores and devices are shared out.</param>
    /// <returns>What became of it.</returns>
    public object Start(CellLease lease, int slot)
    {
        var folder = FolderOf(lease.Key);
        if (HeldFile.IsHeld(folder.LockFile) is true)
        {
            return new ChildHeld(lease);
        }

        try
        {
            var experiment = Path.Combine(options.Runs, ".cells", lease.Key.Name.Replace('/', '-') + ".json");
            Directory.CreateDirectory(Path.GetDirectoryName(experiment)!);
            AtomicFile.WriteText(experiment, lease.Cell.Experiment);
            var device = _devices.Count > 1 ? _devices[slot % _devices.Count] : null;
            ChildRun? child = null;
            child = ChildRun.Start(lease, experiment, options, _cores[slot], device, code => worker.Tell(
                new ChildEnded(lease, code, ExitReason.Of(code, child?.Said ?? "", RunFiles.Failure(folder))), ActorRefs.NoSender));
            _children[lease] = child;
            return new ChildStarted(lease);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return new ChildFailed(lease, $"the run could not be started: {exception.Message}");
        }
    }

    /// <summary>Tells processes that their leases are renewed.</summary>
    /// <param name="leases">The cells.</param>
    public void Renew(IEnumerable<CellLease> leases)
    {
        foreach (var lease in leases)
        {
            _children.GetValueOrDefault(lease)?.Renew();
        }
    }

    /// <summary>Asks a process to save everything and end.</summary>
    /// <param name="lease">The cell.</param>
    public void Stop(CellLease lease) => _children.GetValueOrDefault(lease)?.Stop();

    /// <summary>Ends a process at once.</summary>
    /// <param name="lease">The cell.</param>
    public void Kill(CellLease lease) => _children.GetValueOrDefault(lease)?.Kill();

    /// <summary>Forgets a process that has ended.</summary>
    /// <param name="lease">The cell.</param>
    public void Forget(CellLease lease)
    {
        if (_children.Remove(lease, out var child))
        {
            child.Dispose();
        }
    }

    /// <summary>Steps that each run has done, as far as its run directory says.</summary>
    /// <param name="leases">The cells.</param>
    public StepsRead ReadSteps(IEnumerable<CellLease> leases) => new(leases
        .Select(lease => (lease.Key, Step: RunFiles.Step(FolderOf(lease.Key))))
        .Where(read => read.Step is not null)
        .ToDictionary(read => read.Key, read => read.Step!.Value));

    /// <summary>Asks every process to save everything and end. Their leases end with this process at the latest.</summary>
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

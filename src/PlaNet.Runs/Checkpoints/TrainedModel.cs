using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Checkpoints;

/// <summary>The model of a run's newest checkpoint, for inference only.</summary>
public sealed class TrainedModel : IDisposable
{
    private readonly CheckpointStore _store;
    private readonly string _checkpoint;

    private TrainedModel(Experiment experiment, WorldModel model, RunState state, CheckpointStore store, string checkpoint)
    {
        Experiment = experiment;
        Model = model;
        State = state;
        _store = store;
        _checkpoint = checkpoint;
    }

    /// <summary>Experiment of the run.</summary>
    public Experiment Experiment { get; }

    /// <summary>The world model with the weights of the checkpoint.</summary>
    public WorldModel Model { get; }

    /// <summary>State of the run at the checkpoint.</summary>
    public RunState State { get; }

    /// <summary>Loads the newest intact checkpoint of a run.</summary>
    /// <param name="run">The run directory, absolute or relative to the working directory.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="warn">Called with a message for each damaged checkpoint.</param>
    /// <exception cref="RunException">The directory contains no run, or the run has no intact checkpoint.</exception>
    public static TrainedModel Load(string run, Device device, Action<string> warn)
    {
        var (experiment, _) = RunDirectory.Read(run);
        var newest = FindNewest(run, warn);
        using var scope = NewDisposeScope();
        using var seed = new Generator(0, CPU);
        var model = Tasks.CreateModel(experiment, Tasks.DescribeAll(experiment.Task), seed);
        CheckpointStore.LoadModel(newest.Folder, model);
        model.to(device);
        var store = new CheckpointStore(new RunFolder(Path.GetFullPath(run)).Checkpoints, kept: 2);
        return new TrainedModel(experiment, model, newest.State, store, newest.Folder);
    }

    /// <summary>Whether the run still has this checkpoint and no newer one.</summary>
    public bool IsNewest() => _store.NewestFolder() == _checkpoint;

    /// <summary>Finds the newest intact checkpoint of a run; see <see cref="Load"/>.</summary>
    internal static (string Folder, RunState State) FindNewest(string run, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(warn);
        _ = RunDirectory.Read(run);
        var folder = new RunFolder(Path.GetFullPath(run));
        var damaged = new List<(string Checkpoint, string Reason)>();
        var newest = new CheckpointStore(folder.Checkpoints, kept: 2)
            .FindNewest((checkpoint, reason) => damaged.Add((checkpoint, reason)))
            ?? throw new RunException(damaged is [var (checkpoint, reason), ..]
                ? $"{folder.Path} has no intact checkpoint ({damaged.Count} damaged; the newest is {checkpoint}: {reason}). Restore the "
                    + "folder from a copy, or repeat the 'planet train' command of the run, which learns again from its episodes."
                : $"{folder.Path} has no checkpoint yet. Let 'planet train' collect its first episode.");
        damaged.ForEach(one => warn($"The checkpoint {one.Checkpoint} is damaged ({one.Reason}); an older one is used."));
        return newest;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
    }
}

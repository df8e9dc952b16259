using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Checkpoints;

/// <summary>The model of a run's newest checkpoint, for looking and acting, not for learning.</summary>
public sealed class TrainedModel : IDisposable
{
    private TrainedModel(Experiment experiment, WorldModel model, RunState state)
    {
        Experiment = experiment;
        Model = model;
        State = state;
    }

    /// <summary>The run's experiment.</summary>
    public Experiment Experiment { get; }

    /// <summary>The model.</summary>
    public WorldModel Model { get; }

    /// <summary>How far the run had come.</summary>
    public RunState State { get; }

    /// <summary>Loads the newest whole checkpoint of a run.</summary>
    /// <param name="run">The run directory.</param>
    /// <param name="device">Where the model is to live.</param>
    /// <param name="warn">Told about damaged checkpoints.</param>
    /// <exception cref="RunException">There is no run, or no checkpoint that is whole.</exception>
    public static TrainedModel Load(string run, Device device, Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(warn);
        var (experiment, _) = RunDirectory.Read(run);
        var folder = new RunFolder(Path.GetFullPath(run));
        var newest = new CheckpointStore(folder.Checkpoints, kept: 2)
            .FindNewest((checkpoint, reason) => warn($"The checkpoint {checkpoint} is damaged ({reason}); an older one is used."))
            ?? throw new RunException($"{folder.Path} has no whole checkpoint yet. Let 'planet train' collect its first episode.");
        using var scope = NewDisposeScope();
        using var seed = new Generator(0, CPU);
        var model = new WorldModel(experiment.Model, Tasks.Describe(experiment.Task).Action.Size, seed, experiment.Compute.Precision);
        CheckpointStore.LoadModel(newest.Folder, model);
        model.to(device);
        return new TrainedModel(experiment, model, newest.State);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
    }
}

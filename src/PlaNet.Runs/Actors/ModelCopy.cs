using PlaNet.Models;
using PlaNet.Runs.Messages;
using PlaNet.Tensors;

namespace PlaNet.Runs.Actors;

/// <summary>A copy of the learner's model with published weights. Not thread-safe.</summary>
/// <param name="parts">Dependencies of the role.</param>
internal sealed class ModelCopy(ActingParts parts) : IDisposable
{
    private WorldModel? _model;
    private Weights? _loaded;

    /// <summary>Loads weights, unless they are already loaded, and returns the model.</summary>
    public WorldModel Load(Weights weights)
    {
        if (_model is null)
        {
            parts.UseThreads(learner: false);
            using var scope = NewDisposeScope();
            using var unused = new Generator(0, CPU);
            var model = Playing.Tasks.CreateModel(parts.Experiment, parts.Tasks, unused);
            model.to(parts.Device);
            _model = model;
        }

        if (!ReferenceEquals(weights, _loaded))
        {
            // If loading fails halfway, the model contains a mixture of weights and must be loaded again.
            _loaded = null;
            using var content = Safetensors.Read(weights.Content);
            StateDicts.Load(_model, content.Tensors);
            _loaded = weights;
        }

        return _model;
    }

    /// <inheritdoc/>
    public void Dispose() => _model?.Dispose();
}

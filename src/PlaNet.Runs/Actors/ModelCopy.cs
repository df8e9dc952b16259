using PlaNet.Models;
using PlaNet.Runs.Messages;
using PlaNet.Tensors;

namespace PlaNet.Runs.Actors;

/// <summary>A copy of the learner's model that takes on published weights. For one thread.</summary>
/// <param name="parts">What the run is made with.</param>
internal sealed class ModelCopy(ActingParts parts) : IDisposable
{
    private WorldModel? _model;
    private Weights? _taken;

    /// <summary>The model with these weights.</summary>
    /// <param name="weights">The weights.</param>
    public WorldModel Take(Weights weights)
    {
        if (_model is null)
        {
            parts.UseThreads(learner: false);
            using var scope = NewDisposeScope();
            using var unused = new Generator(0, CPU);
            var model = new WorldModel(parts.Experiment.Model, parts.ActionSize, unused, parts.Experiment.Compute.Precision);
            model.to(parts.Device);
            _model = model;
        }

        if (!ReferenceEquals(weights, _taken))
        {
            // Weights that are taken by half are nobody's.
            _taken = null;
            using var content = Safetensors.Read(weights.Content);
            StateDicts.Load(_model, content.Tensors);
            _taken = weights;
        }

        return _model;
    }

    /// <inheritdoc/>
    public void Dispose() => _model?.Dispose();
}

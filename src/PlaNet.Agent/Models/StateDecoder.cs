using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>
/// The observation model p(v | s) of state vectors: dense hidden layers and a linear layer to the mean of a normal distribution. The
/// vectors are transformed by <see cref="ModelOptions.StateTransform"/>.
/// </summary>
public sealed class StateDecoder : nn.Module<Tensor, Tensor>
{
    private readonly HiddenLayers hidden;
    private readonly DenseLayer mean;

    /// <summary>Makes the decoder.</summary>
    /// <param name="features">Size of the latent features.</param>
    /// <param name="stateSize">Numbers of a state vector, S.</param>
    /// <param name="options">Layers, units and activation.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public StateDecoder(long features, long stateSize, ModelOptions options, Generator generator)
        : base(nameof(StateDecoder))
    {
        ArgumentNullException.ThrowIfNull(options);
        hidden = new HiddenLayers(features, options.StateUnits, options.StateLayers, options.Activation, generator);
        mean = new DenseLayer(options.StateUnits, stateSize, generator);
        RegisterComponents();
    }

    /// <summary>Predicts the transformed vectors.</summary>
    /// <param name="features">[..., features].</param>
    /// <returns>Means, [..., S].</returns>
    public override Tensor forward(Tensor features) => mean.forward(hidden.forward(features));
}

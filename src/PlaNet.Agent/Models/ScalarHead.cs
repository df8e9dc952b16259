using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>
/// A perceptron from the features of a state to one number: for the reward model p(r | s) the mean of a normal distribution of unit
/// variance, for the continuation model p(c | s) the logit of the probability that the episode continues.
/// </summary>
public sealed class ScalarHead : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<DenseLayer> layers = [];
    private readonly Activation _activation;

    /// <summary>Makes the head.</summary>
    /// <param name="features">Size of the latent features.</param>
    /// <param name="hiddenLayers">Number of hidden layers.</param>
    /// <param name="units">Units per hidden layer.</param>
    /// <param name="generator">Source of the initial weights.</param>
    /// <param name="activation">Activation after each hidden layer. Default ReLU.</param>
    public ScalarHead(long features, int hiddenLayers, long units, Generator generator, Activation activation = Activation.Relu)
        : base(nameof(ScalarHead))
    {
        _activation = activation;
        for (var layer = 0; layer <= hiddenLayers; layer++)
        {
            layers.Add(new DenseLayer(layer == 0 ? features : units, layer == hiddenLayers ? 1 : units, generator));
        }

        RegisterComponents();
    }

    /// <summary>Predicts the number of each state.</summary>
    /// <param name="features">[..., features].</param>
    /// <returns>[...].</returns>
    public override Tensor forward(Tensor features)
    {
        var hidden = features;
        for (var layer = 0; layer < layers.Count - 1; layer++)
        {
            hidden = _activation.Of(layers[layer].forward(hidden));
        }

        return layers[^1].forward(hidden).squeeze(-1);
    }
}

using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>Dense layers with an activation after each, used before and after the recurrence of a <see cref="TransitionModel"/>.</summary>
/// <remarks>
/// This class holds the first layer's weights itself, so that the contribution of a part of the input can be computed separately, for many
/// time steps at once.
/// </remarks>
public sealed class HiddenLayers : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly ModuleList<DenseLayer> further = [];
    private readonly Activation _activation;

    /// <summary>Makes the layers.</summary>
    /// <param name="inputs">Input features.</param>
    /// <param name="units">Units of each layer.</param>
    /// <param name="layers">Number of layers, at least 1.</param>
    /// <param name="activation">Activation after each layer.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public HiddenLayers(long inputs, long units, int layers, Activation activation, Generator generator)
        : base(nameof(HiddenLayers))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        _activation = activation;
        weight = Layouts.Parameter(Initialization.GlorotUniform([units, inputs], generator));
        bias = Layouts.Parameter(zeros([units]));
        for (var layer = 1; layer < layers; layer++)
        {
            further.Add(new DenseLayer(units, units, generator));
        }

        RegisterComponents();
    }

    /// <summary>Applies all layers to a complete input.</summary>
    /// <param name="input">[..., inputs].</param>
    /// <returns>[..., units].</returns>
    public override Tensor forward(Tensor input)
    {
        return FromFirst(DenseLayer.Affine(input, weight, bias));
    }

    /// <summary>Applies all layers to an input whose trailing features are given by their <see cref="TrailingTerm"/>.</summary>
    /// <param name="leading">The leading features, [..., leading].</param>
    /// <param name="trailingTerm">The contribution of the trailing features, [..., units].</param>
    /// <returns>[..., units].</returns>
    public Tensor forward(Tensor leading, Tensor trailingTerm)
    {
        ArgumentNullException.ThrowIfNull(leading);
        return FromFirst(DenseLayer.Affine(leading, weight.narrow(1, 0, leading.shape[^1])).Plus(trailingTerm));
    }

    /// <summary>The contribution of the trailing features to the first layer's sum: W [l, t] + b = W_l l + (W_t t + b).</summary>
    /// <param name="trailing">The trailing features, [..., trailing].</param>
    /// <returns>W_t t + b, [..., units].</returns>
    public Tensor TrailingTerm(Tensor trailing)
    {
        ArgumentNullException.ThrowIfNull(trailing);
        var features = trailing.shape[^1];
        return DenseLayer.Affine(trailing, weight.narrow(1, weight.shape[1] - features, features), bias);
    }

    private Tensor FromFirst(Tensor sum)
    {
        return further.Aggregate(_activation.Of(sum), (hidden, layer) => _activation.Of(layer.forward(hidden)));
    }
}

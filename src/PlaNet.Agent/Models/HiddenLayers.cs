using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>Dense layers with an activation after each: what stands before and behind the recurrence of a <see cref="TransitionModel"/>.</summary>
/// <remarks>
/// The first layer's weights are the stack's own, so that what a part of the input contributes to it can be computed apart, for many time
/// steps at once.
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
    /// <param name="activation">What follows each layer.</param>
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

    /// <summary>All layers on a whole input.</summary>
    /// <param name="input">[..., inputs].</param>
    /// <returns>[..., units].</returns>
    public override Tensor forward(Tensor input)
    {
        return FromFirst(nn.functional.linear(input, weight, bias));
    }

    /// <summary>All layers on an input whose last features are given as their <see cref="TrailingTerm"/>.</summary>
    /// <param name="leading">The first features, [..., leading].</param>
    /// <param name="trailingTerm">What the others contribute, [..., units].</param>
    /// <returns>[..., units].</returns>
    public Tensor forward(Tensor leading, Tensor trailingTerm)
    {
        ArgumentNullException.ThrowIfNull(leading);
        return FromFirst(nn.functional.linear(leading, weight.narrow(1, 0, leading.shape[^1])) + trailingTerm);
    }

    /// <summary>The part of the first layer's sum to which the last features lead: W [l, t] + b = W_l l + (W_t t + b).</summary>
    /// <param name="trailing">The last features, [..., trailing].</param>
    /// <returns>W_t t + b, [..., units].</returns>
    public Tensor TrailingTerm(Tensor trailing)
    {
        ArgumentNullException.ThrowIfNull(trailing);
        var features = trailing.shape[^1];
        return nn.functional.linear(trailing, weight.narrow(1, weight.shape[1] - features, features), bias);
    }

    private Tensor FromFirst(Tensor sum)
    {
        return further.Aggregate(_activation.Of(sum), (hidden, layer) => _activation.Of(layer.forward(hidden)));
    }
}

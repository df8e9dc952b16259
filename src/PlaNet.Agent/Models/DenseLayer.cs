using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>An affine map, initialised with Glorot uniform weights and constant biases.</summary>
public sealed class DenseLayer : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;

    private readonly Parameter bias;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Input features.</param>
    /// <param name="outputs">Output features.</param>
    /// <param name="generator">Source of the initial weights.</param>
    /// <param name="initialBias">Initial value of every bias. Default 0.</param>
    public DenseLayer(long inputs, long outputs, Generator generator, double initialBias = 0)
        : base(nameof(DenseLayer))
    {
        weight = Layouts.Parameter(Initialization.GlorotUniform([outputs, inputs], generator));
        bias = Layouts.Parameter(full([outputs], Scalars.Of(initialBias)));
        RegisterComponents();
    }

    /// <summary>Weights, [outputs, inputs].</summary>
    public Tensor Weight => weight;

    /// <summary>Biases, [outputs].</summary>
    public Tensor Bias => bias;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        return Affine(input, weight, bias);
    }

    /// <summary>The map, computed in the number type of its input (<see cref="PlannerPrecision"/>).</summary>
    /// <param name="input">[..., inputs].</param>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs]; null for no bias. Default null.</param>
    /// <returns>[..., outputs], of the input's type.</returns>
    internal static Tensor Affine(Tensor input, Tensor weight, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        var type = input.dtype;
        return weight.dtype == type
            ? nn.functional.linear(input, weight, bias)
            : nn.functional.linear(input, weight.to(type), bias?.to(type));
    }
}

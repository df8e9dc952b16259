using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>A valid convolution of stride 2, weights in channels-last memory.</summary>
public sealed class ConvolutionLayer : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Precision _precision;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">Height and width of the kernel.</param>
    /// <param name="generator">Source of the initial weights.</param>
    /// <param name="precision">Precision of the computation; the weights keep their type. Default float32.</param>
    public ConvolutionLayer(long inputs, long outputs, long kernel, Generator generator, Precision precision = Precision.Float32)
        : base(nameof(ConvolutionLayer))
    {
        _precision = precision;
        using var drawn = Initialization.GlorotUniform([outputs, inputs, kernel, kernel], generator);
        weight = Layouts.Parameter(drawn.ChannelsLast());
        bias = Layouts.Parameter(zeros([outputs]));
        RegisterComponents();
    }

    /// <summary>Applies the layer.</summary>
    /// <param name="input">[N, inputs, height, width], in the layer's precision.</param>
    /// <returns>[N, outputs, (height - kernel) / 2 + 1, (width - kernel) / 2 + 1], in the same precision.</returns>
    public override Tensor forward(Tensor input)
    {
        return Convolutions.Strided(input, weight.In(_precision), bias.In(_precision));
    }
}

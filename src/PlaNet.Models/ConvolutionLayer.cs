namespace PlaNet.Models;

/// <summary>A valid convolution of stride 2, weights in channels-last memory.</summary>
public sealed class ConvolutionLayer : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">Height and width of the kernel.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public ConvolutionLayer(long inputs, long outputs, long kernel, Generator generator)
        : base(nameof(ConvolutionLayer))
    {
        using var drawn = Initialization.GlorotUniform([outputs, inputs, kernel, kernel], generator);
        weight = new Parameter(drawn.contiguous(memory_format.channels_last));
        bias = new Parameter(zeros([outputs]));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        return nn.functional.conv2d(input, weight, bias, strides: [2, 2]);
    }
}

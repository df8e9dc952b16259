namespace PlaNet.Models;

/// <summary>A valid transposed convolution of stride 2: output size = 2 (input size - 1) + kernel.</summary>
public sealed class TransposedConvolutionLayer : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    /// <summary>Makes the layer.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">Height and width of the kernel.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public TransposedConvolutionLayer(long inputs, long outputs, long kernel, Generator generator)
        : base(nameof(TransposedConvolutionLayer))
    {
        using var drawn = Initialization.GlorotUniform([inputs, outputs, kernel, kernel], generator);
        weight = new Parameter(drawn.contiguous(memory_format.channels_last));
        bias = new Parameter(zeros([outputs]));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.shape[2] == 1 && input.shape[3] == 1
            ? FromOnePixel(input)
            : nn.functional.conv_transpose2d(input, weight, bias, strides: [2, 2]);
    }

    // On a 1x1 input the layer is a matrix product; written as one it is twenty times faster on the CPU.
    private Tensor FromOnePixel(Tensor input)
    {
        var (inputs, outputs, kernel) = (weight.shape[0], weight.shape[1], weight.shape[2]);
        var product = input.reshape(-1, inputs).matmul(weight.permute(0, 2, 3, 1).reshape(inputs, -1));
        return (product.view(-1, kernel, kernel, outputs) + bias).permute(0, 3, 1, 2);
    }
}

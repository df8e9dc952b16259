using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>
/// The convolutional encoder, from image to embedding: four valid convolutions of kernel 4 and stride 2, each followed by ReLU.
/// Sizes: 64, 31, 14, 6, 2. The result is flattened in the order height, width, channels.
/// </summary>
public sealed class Encoder : nn.Module<Tensor, Tensor>
{
    private readonly ConvolutionLayer conv1;
    private readonly ConvolutionLayer conv2;
    private readonly ConvolutionLayer conv3;
    private readonly ConvolutionLayer conv4;
    private readonly Precision _precision;

    /// <summary>Makes the encoder.</summary>
    /// <param name="depth">Channels of the first layer; the others have 2, 4 and 8 times as many.</param>
    /// <param name="generator">Source of the initial weights.</param>
    /// <param name="precision">Precision of the convolutions. Default float32.</param>
    public Encoder(int depth, Generator generator, Precision precision = Precision.Float32)
        : base(nameof(Encoder))
    {
        _precision = precision;
        EmbeddingSize = 2 * 2 * 8 * depth;
        conv1 = new ConvolutionLayer(3, depth, kernel: 4, generator, precision);
        conv2 = new ConvolutionLayer(depth, 2 * depth, kernel: 4, generator, precision);
        conv3 = new ConvolutionLayer(2 * depth, 4 * depth, kernel: 4, generator, precision);
        conv4 = new ConvolutionLayer(4 * depth, 8 * depth, kernel: 4, generator, precision);
        RegisterComponents();
    }

    /// <summary>Size of the embedding: 1024 at depth 32.</summary>
    public long EmbeddingSize { get; }

    /// <summary>Embeds preprocessed images.</summary>
    /// <param name="images">[frames, 3, 64, 64]; fastest in channels-last memory.</param>
    /// <returns>[frames, embedding], of the images' type.</returns>
    public override Tensor forward(Tensor images)
    {
        var hidden = conv1.forward(images.In(_precision)).relu_();
        hidden = conv2.forward(hidden).relu_();
        hidden = conv3.forward(hidden).relu_();
        hidden = conv4.forward(hidden).relu_();
        return hidden.permute(0, 2, 3, 1).reshape(-1, EmbeddingSize).to(images.dtype);
    }
}

using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>
/// The convolutional encoder, from image to embedding: valid convolutions of kernel 4 and stride 2, each followed by ReLU, as many as the
/// decoder has layers (<see cref="ImageSizes"/>). Sizes of the paper: 64, 31, 14, 6, 2. The result is flattened in the order height,
/// width, channels.
/// </summary>
public sealed class Encoder : nn.Module<Tensor, Tensor>
{
    private readonly ConvolutionLayer[] _layers;
    private readonly Precision _precision;

    /// <summary>Makes the encoder.</summary>
    /// <param name="depth">Channels of the first layer; each further one has twice as many as the one before.</param>
    /// <param name="generator">Source of the initial weights.</param>
    /// <param name="precision">Precision of the convolutions. Default float32.</param>
    /// <param name="imageSize">Height and width of the images (<see cref="TaskOptions.ImageSize"/>). Default 64.</param>
    /// <param name="imageChannels">Channels of the images, 1 or 3 (<see cref="TaskOptions.ImageChannels"/>). Default 3.</param>
    public Encoder(
        int depth,
        Generator generator,
        Precision precision = Precision.Float32,
        int imageSize = TaskOptions.PaperImageSize,
        int imageChannels = TaskOptions.PaperImageChannels)
        : base(nameof(Encoder))
    {
        _precision = precision;
        ImageSize = imageSize;
        _layers = new ConvolutionLayer[ImageSizes.Layers(imageSize)];
        long side = imageSize;
        long channels = imageChannels;
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var outputs = (long)depth << layer;
            _layers[layer] = new ConvolutionLayer(channels, outputs, kernel: 4, generator, precision);
            register_module($"conv{layer + 1}", _layers[layer]);
            (side, channels) = (((side - 4) / 2) + 1, outputs);
        }

        EmbeddingSize = side * side * channels;
    }

    /// <summary>Height and width of the images.</summary>
    public int ImageSize { get; }

    /// <summary>Size of the embedding: 1024 at depth 32 and images of 64x64.</summary>
    public long EmbeddingSize { get; }

    /// <summary>Embeds preprocessed images.</summary>
    /// <param name="images">[frames, channels, size, size]; fastest in channels-last memory.</param>
    /// <returns>[frames, embedding], of the images' type.</returns>
    public override Tensor forward(Tensor images)
    {
        var hidden = images.In(_precision);
        foreach (var layer in _layers)
        {
            hidden = layer.forward(hidden).relu_();
        }

        return hidden.permute(0, 2, 3, 1).reshape(-1, EmbeddingSize).to(images.dtype);
    }
}

using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>
/// The observation model p(o | s), from features to the image mean: a linear layer, then valid transposed convolutions of stride 2 with
/// ReLU between them, whose number and kernels follow from the size of the images (<see cref="ImageSizes"/>). Those of the paper: kernels
/// 5, 5, 6, 6; sizes 1, 5, 13, 30, 64. The distribution is normal with unit variance.
/// </summary>
public sealed class Decoder : nn.Module<Tensor, Tensor>
{
    private readonly DenseLayer dense;
    private readonly TransposedConvolutionLayer[] _layers;
    private readonly long _start;
    private readonly Precision _precision;

    /// <summary>Makes the decoder.</summary>
    /// <param name="features">Size of the latent features.</param>
    /// <param name="depth">
    /// Input channels of the last layer. Each layer before has twice as many, except the first, which has eight times as many as it
    /// returns: 2, 4 and 32 times the depth with the four layers of the paper.
    /// </param>
    /// <param name="generator">Source of the initial weights.</param>
    /// <param name="precision">Precision of the convolutions. Default float32.</param>
    /// <param name="imageSize">Height and width of the images (<see cref="TaskOptions.ImageSize"/>). Default 64.</param>
    /// <param name="imageChannels">Channels of the images, 1 or 3 (<see cref="TaskOptions.ImageChannels"/>). Default 3.</param>
    public Decoder(
        long features,
        int depth,
        Generator generator,
        Precision precision = Precision.Float32,
        int imageSize = TaskOptions.PaperImageSize,
        int imageChannels = TaskOptions.PaperImageChannels)
        : base(nameof(Decoder))
    {
        _precision = precision;
        _start = ImageSizes.Start(imageSize);
        var kernels = ImageSizes.Kernels(imageSize);
        var channels = (long)depth << (kernels.Count + 1);
        dense = new DenseLayer(features, _start * _start * channels, generator);
        register_module(nameof(dense), dense);
        _layers = new TransposedConvolutionLayer[kernels.Count];
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var outputs = layer == _layers.Length - 1 ? imageChannels : (long)depth << (_layers.Length - 2 - layer);
            _layers[layer] = new TransposedConvolutionLayer(channels, outputs, kernels[layer], generator, precision);
            register_module($"deconv{layer + 1}", _layers[layer]);
            channels = outputs;
        }
    }

    /// <summary>Predicts the image means.</summary>
    /// <param name="features">[frames, features].</param>
    /// <returns>
    /// [frames, channels, size, size] in channels-last memory, of the features' type; unbounded, centred like preprocessed images.
    /// </returns>
    public override Tensor forward(Tensor features)
    {
        var hidden = dense.forward(features).In(_precision);
        hidden = _start == 1
            ? hidden.unsqueeze(-1).unsqueeze(-1)
            : hidden.view(hidden.shape[0], _start, _start, -1).permute(0, 3, 1, 2);
        foreach (var layer in _layers[..^1])
        {
            hidden = layer.forward(hidden).relu_();
        }

        return _layers[^1].forward(hidden).to(features.dtype);
    }
}

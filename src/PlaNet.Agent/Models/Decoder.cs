using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>
/// The observation model p(o | s), from features to the image mean: a linear layer, then four valid transposed convolutions of
/// stride 2 with kernels 5, 5, 6, 6 and ReLU between them. Sizes: 1, 5, 13, 30, 64. The distribution is normal with unit variance.
/// </summary>
public sealed class Decoder : nn.Module<Tensor, Tensor>
{
    private readonly DenseLayer dense;
    private readonly TransposedConvolutionLayer deconv1;
    private readonly TransposedConvolutionLayer deconv2;
    private readonly TransposedConvolutionLayer deconv3;
    private readonly TransposedConvolutionLayer deconv4;
    private readonly Precision _precision;

    /// <summary>Makes the decoder.</summary>
    /// <param name="features">Size of the latent features.</param>
    /// <param name="depth">Input channels of the last layer; the layers before have 2, 4 and 32 times as many.</param>
    /// <param name="generator">Source of the initial weights.</param>
    /// <param name="precision">Precision of the convolutions. Default float32.</param>
    public Decoder(long features, int depth, Generator generator, Precision precision = Precision.Float32)
        : base(nameof(Decoder))
    {
        _precision = precision;
        long width = 32L * depth;
        dense = new DenseLayer(features, width, generator);
        deconv1 = new TransposedConvolutionLayer(width, 4 * depth, kernel: 5, generator, precision);
        deconv2 = new TransposedConvolutionLayer(4 * depth, 2 * depth, kernel: 5, generator, precision);
        deconv3 = new TransposedConvolutionLayer(2 * depth, depth, kernel: 6, generator, precision);
        deconv4 = new TransposedConvolutionLayer(depth, 3, kernel: 6, generator, precision);
        RegisterComponents();
    }

    /// <summary>Predicts the image means.</summary>
    /// <param name="features">[frames, features].</param>
    /// <returns>[frames, 3, 64, 64] in channels-last memory, of the features' type; unbounded, centred like preprocessed images.</returns>
    public override Tensor forward(Tensor features)
    {
        var hidden = dense.forward(features).In(_precision);
        hidden = deconv1.forward(hidden.unsqueeze(-1).unsqueeze(-1)).relu_();
        hidden = deconv2.forward(hidden).relu_();
        hidden = deconv3.forward(hidden).relu_();
        return deconv4.forward(hidden).to(features.dtype);
    }
}

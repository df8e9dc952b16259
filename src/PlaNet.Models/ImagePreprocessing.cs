namespace PlaNet.Models;

/// <summary>Quantisation and dithering of images (spec 1.5; appendix A of the paper: 5-bit images).</summary>
public static class ImagePreprocessing
{
    /// <summary>Upper bound of the dither, in bins: below 1 by enough that rounding to float32 never reaches the next bin.</summary>
    /// <param name="bits">Bits that are kept, 1 to 8.</param>
    public static double LargestDither(int bits)
    {
        return 1 - Math.ScaleB(1, bits - 24);
    }

    /// <summary>Quantises pixels, adds the dither and centres: values in [-0.5, 0.5).</summary>
    /// <param name="images">Pixels of type uint8, any shape.</param>
    /// <param name="bits">Bits that are kept, 1 to 8.</param>
    /// <param name="dither">Uniform noise in [0, 1) of the same shape, a fresh draw at every use.</param>
    /// <returns>float32 (or the dither's type) of the same shape.</returns>
    public static Tensor Preprocess(Tensor images, int bits, Tensor dither)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(dither);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
        var bins = 1 << bits;
        using var scope = NewDisposeScope();
        var levels = images.to(dither.dtype);
        if (bits < 8)
        {
            levels = levels.div_(1 << (8 - bits)).floor_();
        }

        // floor(u8 / 2^(8-b)) / n + U(0, 1/n) - 1/2, with one pass over the dither and one over the sum.
        var result = dither.mul(LargestDither(bits)).add_(levels).div_(bins).sub_(0.5);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>The pixels that preprocessed images stand for: the lower edge of their bins.</summary>
    /// <param name="images">Preprocessed images or predicted means, any shape; values outside [-0.5, 0.5] are clipped.</param>
    /// <param name="bits">Bits that were kept, 1 to 8.</param>
    /// <returns>uint8 of the same shape.</returns>
    public static Tensor Postprocess(Tensor images, int bits)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
        var bins = 1 << bits;
        using var scope = NewDisposeScope();
        var levels = images.add(0.5).mul_(bins).floor_().mul_(256 / bins).clamp_(0, 255);
        return levels.to(ScalarType.Byte).MoveToOuterDisposeScope();
    }
}

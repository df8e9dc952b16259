using System.Runtime.InteropServices;
using PlaNet.Common;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>Quantisation and dithering of images (appendix A of the paper: 5-bit images).</summary>
public static class ImagePreprocessing
{
    /// <summary>Upper bound of the dither, in bins: far enough below 1 that rounding to float32 never reaches the next bin.</summary>
    /// <param name="bits">Bits kept per value, 1 to 8.</param>
    public static double LargestDither(int bits)
    {
        return 1 - Math.ScaleB(1, bits - 24);
    }

    /// <summary>
    /// Draws the dither: uniform in [0, 1), on the CPU in steps of 1/65536. On the CPU libtorch's generator draws one number at a time,
    /// which took a sixth of a small update; here it only seeds a faster generator, each draw of which gives four numbers.
    /// </summary>
    /// <param name="shape">Shape of the images.</param>
    /// <param name="generator">Source of randomness; the dither is on its device.</param>
    /// <returns>float32 of the same shape.</returns>
    public static Tensor Dither(long[] shape, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(generator);
        if (generator.device.type != DeviceType.CPU)
        {
            return rand(shape, device: generator.device, generator: generator);
        }

        using var seed = randint(long.MinValue, long.MaxValue, [1], ScalarType.Int64, generator: generator);
        var random = new RandomStream(unchecked((ulong)seed.item<long>()));
        var dither = empty(shape);
        const float Step = 1f / 65536;
        var values = MemoryMarshal.Cast<byte, float>(dither.bytes);
        var i = 0;
        for (; i + 4 <= values.Length; i += 4)
        {
            var bits = random.NextUInt64();
            values[i] = (ushort)bits * Step;
            values[i + 1] = (ushort)(bits >> 16) * Step;
            values[i + 2] = (ushort)(bits >> 32) * Step;
            values[i + 3] = (ushort)(bits >> 48) * Step;
        }

        for (; i < values.Length; i++)
        {
            values[i] = (ushort)random.NextUInt64() * Step;
        }

        return dither;
    }

    /// <summary>Quantises pixels, adds the dither and centres: values in [-0.5, 0.5).</summary>
    /// <param name="images">Pixels of type uint8, any shape.</param>
    /// <param name="bits">Bits kept per value, 1 to 8.</param>
    /// <param name="dither">Uniform noise in [0, 1) of the same shape; draw it again for every use.</param>
    /// <returns>float32 (or the dither's type) of the same shape.</returns>
    public static Tensor Preprocess(Tensor images, int bits, Tensor dither)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(dither);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
        var bins = 1 << bits;
        using var scope = NewDisposeScope();

        // floor(u8 / 2^(8-b)) / n + U(0, 1/n) - 1/2, in as few passes over the images as possible.
        var levels = bits < 8 ? images.bitwise_right_shift(tensor((byte)(8 - bits), device: images.device)) : images;
        return levels.to(dither.dtype, copy: true)
            .add_(dither, alpha: Scalars.Of(LargestDither(bits)))
            .div_(Scalars.Of(bins))
            .sub_(Scalars.Of(0.5))
            .MoveToOuterDisposeScope();
    }

    /// <summary>Converts preprocessed images back to pixels: the lower edge of their bins.</summary>
    /// <param name="images">Preprocessed images or predicted means, any shape; values outside [-0.5, 0.5] are clipped.</param>
    /// <param name="bits">Bits kept per value, 1 to 8.</param>
    /// <returns>uint8 of the same shape.</returns>
    public static Tensor Postprocess(Tensor images, int bits)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 8);
        var bins = 1 << bits;
        using var scope = NewDisposeScope();
        var levels = images.Plus(Scalars.Of(0.5)).mul_(Scalars.Of(bins)).floor_()
            .mul_(Scalars.Of(256 / bins)).clamp_(Scalars.Of(0), Scalars.Of(255));
        return levels.to(ScalarType.Byte).MoveToOuterDisposeScope();
    }
}

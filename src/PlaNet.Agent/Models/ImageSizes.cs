using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>
/// The layers that images of a given size need (docs/models.md, "Image sizes"). L transposed convolutions of stride 2 with kernels 5 or 6
/// turn s x s pixels into n x n with n + 3 = 2^L (s + 3) + b, where the binary digits of b choose the kernels: 0 for 5 and 1 for 6, the
/// first layer first. Every size from 32 to 128 has exactly one such L, s and b with s from 1 to 4; 64 has those of the paper.
/// </summary>
internal static class ImageSizes
{
    private const int SmallestStart = 1;

    /// <summary>Number of layers of the encoder and of the decoder: 3 below 61 pixels, 4 below 125, then 5.</summary>
    /// <param name="size">Height and width of the images.</param>
    public static int Layers(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, TaskOptions.SmallestImage);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, TaskOptions.LargestImage);
        return int.Log2((size + 3) / (SmallestStart + 3));
    }

    /// <summary>Height and width of the decoder's first layer's input.</summary>
    /// <param name="size">Height and width of the images.</param>
    public static int Start(int size) => ((size + 3) >> Layers(size)) - 3;

    /// <summary>Kernels of the decoder's transposed convolutions, the first layer first.</summary>
    /// <param name="size">Height and width of the images.</param>
    public static IReadOnlyList<int> Kernels(int size)
    {
        var layers = Layers(size);
        return [.. Enumerable.Range(1, layers).Select(layer => 5 + (((size + 3) >> (layers - layer)) & 1))];
    }
}

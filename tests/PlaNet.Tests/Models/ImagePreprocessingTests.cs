using PlaNet.Models;
using static TorchSharp.torch;

namespace PlaNet.Tests.Models;

public sealed class ImagePreprocessingTests
{
    /// <summary>The largest float32 below 1: the largest number that a uniform generator gives.</summary>
    private const float AlmostOne = 0.99999994f;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Every_pixel_comes_back_without_its_lower_bits_whatever_the_dither(int bits)
    {
        using var scope = NewDisposeScope();
        var pixels = Enumerable.Range(0, 256).Select(value => (byte)value).ToArray();
        byte[] expected = [.. pixels.Select(value => (byte)(value >> (8 - bits) << (8 - bits)))];
        foreach (var dither in new[] { 0f, 0.5f, AlmostOne })
        {
            var seen = ImagePreprocessing.Preprocess(tensor(pixels), bits, full([256], dither));
            Assert.All(seen.data<float>().ToArray(), value => Assert.InRange(value, -0.5f, 0.49999997f));
            Assert.Equal(expected, ImagePreprocessing.Postprocess(seen, bits).data<byte>().ToArray());
        }
    }

    [Fact]
    public void The_paper_keeps_five_bits_and_centres_them()
    {
        using var scope = NewDisposeScope();
        var seen = ImagePreprocessing.Preprocess(tensor(new byte[] { 0, 7, 8, 128, 255 }), 5, zeros([5]));
        Assert.Equal([-0.5f, -0.5f, -0.5f + (1 / 32f), 0f, 0.5f - (1 / 32f)], seen.data<float>().ToArray());
    }

    [Fact]
    public void The_dither_fills_a_bin_and_no_more()
    {
        using var scope = NewDisposeScope();
        var low = ImagePreprocessing.Preprocess(tensor(new byte[] { 100 }), 5, zeros([1])).item<float>();
        var high = ImagePreprocessing.Preprocess(tensor(new byte[] { 100 }), 5, full([1], AlmostOne)).item<float>();
        Assert.InRange(high - low, 0.999f / 32, 1f / 32);
    }

    [Fact]
    public void Predictions_outside_the_range_are_clipped()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([0, 255], ImagePreprocessing.Postprocess(tensor(new[] { -3f, 3f }), 5).data<byte>().ToArray());
    }
}

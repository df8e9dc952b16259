using static TorchSharp.torch;

namespace PlaNet.Tests.Tensors;

/// <summary>Reading and comparing tensors in tests.</summary>
internal static class Numbers
{
    /// <summary>The elements in row-major order, as doubles.</summary>
    internal static double[] Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(float64).contiguous().data<double>().ToArray();
    }

    internal static void Equal(double[] expected, Tensor actual, double tolerance = 1e-6)
    {
        var values = Of(actual);
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++) Assert.Equal(expected[i], values[i], tolerance * Math.Max(1, Math.Abs(expected[i])));
    }

    internal static Tensor Random(long[] shape, ulong seed)
    {
        using var generator = new Generator(seed);
        return randn(shape, float64, generator: generator);
    }
}

using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>Initial weights of the original code (TensorFlow 1 defaults).</summary>
internal static class Initialization
{
    /// <summary>Glorot uniform: U(-a, a) with a = sqrt(6 / (fan in + fan out)); for convolutions, fan = area times channels.</summary>
    public static Tensor GlorotUniform(long[] shape, Generator generator)
    {
        var area = shape.Skip(2).Aggregate(1L, (product, size) => product * size);
        var bound = Math.Sqrt(6.0 / ((shape[0] + shape[1]) * area));
        using var uniform = rand(shape, generator: generator);
        return uniform.mul_(Scalars.Of(2 * bound)).sub_(Scalars.Of(bound)).clone();
    }
}

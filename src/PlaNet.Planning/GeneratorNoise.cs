namespace PlaNet.Planning;

/// <summary>Noise from an explicit generator, on its device.</summary>
/// <param name="generator">Source of the numbers; the caller owns it.</param>
public sealed class GeneratorNoise(Generator generator) : INoiseSource
{
    /// <inheritdoc/>
    public Tensor Actions(long[] shape)
    {
        return randn(shape, device: generator.device, generator: generator);
    }

    /// <inheritdoc/>
    public Tensor Dynamics(long[] shape)
    {
        return randn(shape, device: generator.device, generator: generator);
    }
}

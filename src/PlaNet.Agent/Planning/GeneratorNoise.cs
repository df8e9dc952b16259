namespace PlaNet.Planning;

/// <summary>Noise from a generator, on the generator's device.</summary>
/// <param name="generator">Source of randomness; the caller owns it.</param>
/// <param name="type">Type of the noise, which must be that of the states. Default float32.</param>
public sealed class GeneratorNoise(Generator generator, ScalarType type = ScalarType.Float32) : INoiseSource
{
    /// <inheritdoc/>
    public Tensor Actions(long[] shape) => randn(shape, dtype: type, device: generator.device, generator: generator);

    /// <inheritdoc/>
    public Tensor Dynamics(long[] shape) => randn(shape, dtype: type, device: generator.device, generator: generator);
}

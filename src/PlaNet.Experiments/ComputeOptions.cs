using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>Precision of the convolutions.</summary>
public enum Precision
{
    /// <summary>24 bits of precision.</summary>
    Float32,

    /// <summary>8 bits of precision: twice as fast where processor or GPU have instructions for it (AVX512-BF16, AMX), much slower where not.</summary>
    Bfloat16Convolutions,
}

/// <summary>What of the machine a run uses, as far as it decides the last bits of the result.</summary>
public sealed record ComputeOptions
{
    /// <summary>Threads of the tensor library on the CPU. 1 to 1024. Results are bit-equal only for the same number. Default 2.</summary>
    [InRange(1, 1024)]
    public int Threads { get; init; } = 2;

    /// <summary>
    /// Whether MKL, which computes libtorch's matrix products on the CPU, may use every kernel that the processor can run. Left alone it keeps
    /// its fastest ones from processors that are not Intel's. Changes rounding there, and nothing elsewhere. Default true.
    /// </summary>
    public bool NativeKernels { get; init; } = true;

    /// <summary>
    /// Type of number in which the encoder and the decoder compute their convolutions. Weights, optimiser, latent state and loss are float32
    /// either way. Default <see cref="Precision.Float32"/>.
    /// </summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Threads of the tensor library for planning and evaluation, beside those of the updates, when the schedule is overlapped. 1 to 1024. Default 1.</summary>
    [InRange(1, 1024)]
    public int ActingThreads { get; init; } = 1;
}

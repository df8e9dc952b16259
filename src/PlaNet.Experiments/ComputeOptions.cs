using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>Precision of the convolutions.</summary>
public enum Precision
{
    /// <summary>32-bit floats (24 bits of precision).</summary>
    Float32,

    /// <summary>
    /// bfloat16 (8 bits of precision). About twice as fast on a processor or GPU with bfloat16 instructions (AVX512-BF16, AMX); much slower
    /// without them.
    /// </summary>
    Bfloat16Convolutions,
}

/// <summary>Compute settings that affect the numerical result: threads, kernels and precision.</summary>
public sealed record ComputeOptions
{
    /// <summary>
    /// CPU threads of the tensor library. 1 to 1024. Results are bit-equal only for the same number of threads. Default 2.
    /// </summary>
    [InRange(1, 1024)]
    public int Threads { get; init; } = 2;

    /// <summary>
    /// Whether MKL, which computes libtorch's matrix products on the CPU, may use every kernel that the processor supports. If false,
    /// MKL does not use its fastest kernels on processors of other vendors than Intel. Changes rounding on those processors only. Default
    /// true.
    /// </summary>
    public bool NativeKernels { get; init; } = true;

    /// <summary>
    /// Number type of the convolutions in the encoder and the decoder. Weights, optimiser, latent state and loss are always float32.
    /// Default <see cref="Precision.Float32"/>.
    /// </summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>
    /// CPU threads for planning and evaluation with an overlapped schedule, in addition to <see cref="Threads"/> for the updates. 1 to
    /// 1024. Default 1.
    /// </summary>
    [InRange(1, 1024)]
    public int ActingThreads { get; init; } = 1;
}

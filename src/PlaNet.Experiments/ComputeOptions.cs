using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>What of the machine a run uses, as far as it decides the last bits of the result.</summary>
public sealed record ComputeOptions
{
    /// <summary>Threads of the tensor library on the CPU. 1 to 1024. Results are bit-equal only for the same number. Default 2.</summary>
    [InRange(1, 1024)]
    public int Threads { get; init; } = 2;

    /// <summary>
    /// Whether the run lets the BLAS library pick its kernels for this processor, overriding <c>OPENBLAS_CORETYPE</c> and
    /// <c>OPENBLAS_L2_SIZE</c> of the environment. Faster where the environment names an older processor; changes rounding. Default true.
    /// </summary>
    public bool NativeKernels { get; init; } = true;

    /// <summary>Threads of the tensor library for planning and evaluation, beside those of the updates, when the schedule is overlapped. 1 to 1024. Default 1.</summary>
    [InRange(1, 1024)]
    public int ActingThreads { get; init; } = 1;
}

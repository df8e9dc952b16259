namespace PlaNet.Torch;

/// <summary>How libtorch is started in this process.</summary>
public sealed record TorchRuntimeOptions
{
    /// <summary>Threads one operator may use, 1 to 1024. Default: one a processor. Results are bit-equal only for equal counts.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Use the fastest matrix kernels this processor has, whatever the environment presets (<c>OPENBLAS_CORETYPE</c>). Changes rounding, so it
    /// is recorded with a run. Default: false, the environment's own setting.
    /// </summary>
    public bool NativeKernels { get; init; }
}

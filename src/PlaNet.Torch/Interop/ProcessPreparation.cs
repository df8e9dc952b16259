using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace PlaNet.Torch.Interop;

/// <summary>
/// What the process has to be given before libtorch is loaded: environment variables as native code sees them, allocator thresholds and
/// the right BLAS. Done with the C library's own functions, because the managed environment is a copy.
/// </summary>
internal static partial class ProcessPreparation
{
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ResolveNow = 2;

    /// <summary>The OpenMP OpenBLAS that was loaded before libtorch; null when there is none.</summary>
    internal static string? PreloadedBlas { get; private set; }

    /// <summary>Whether the allocator took the thresholds.</summary>
    internal static bool AllocatorTuned { get; private set; }

    internal static void BeforeLoad(TorchRuntimeOptions options)
    {
        if (!OperatingSystem.IsLinux()) return;
        if (options.NativeKernels)
        {
            // Presets that hold OpenBLAS back to an older processor's kernels; without them it looks for itself.
            _ = unsetenv("OPENBLAS_CORETYPE");
            _ = unsetenv("OPENBLAS_L2_SIZE");
            if (Avx512F.IsSupported) _ = setenv("ATEN_CPU_CAPABILITY", "avx512", 1);
        }

        // Activations of tens of megabytes would otherwise go back to the kernel and be faulted in again at every step.
        AllocatorTuned = mallopt(MmapThreshold, 1 << 30) == 1 & mallopt(TrimThreshold, int.MaxValue) == 1;
        PreloadBlas();
    }

    // The distribution prefers the pthread build of OpenBLAS, whose threads fight libtorch's OpenMP threads. A library of the same name
    // that is already loaded satisfies libtorch's dependency. Loaded locally, it stays out of the way of a libtorch that brings its own BLAS.
    private static void PreloadBlas()
    {
        var triplet = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x86_64-linux-gnu",
            Architecture.Arm64 => "aarch64-linux-gnu",
            _ => null,
        };
        if (triplet is null) return;
        var folder = $"/usr/lib/{triplet}/openblas-openmp/";
        foreach (var library in (string[])["libopenblas.so.0", "libblas.so.3", "liblapack.so.3"])
        {
            if (dlopen(folder + library, ResolveNow) != 0) PreloadedBlas ??= folder + library;
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unsetenv(string name);

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint dlopen(string path, int flags);
}

using System.Globalization;
using System.Runtime.InteropServices;
using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

/// <summary>Starts libtorch with given options and reports what is in force.</summary>
public static unsafe class TorchRuntime
{
    private const string InstallBlas = "apt-get install libopenblas0-openmp";
    private static readonly Lock s_gate = new();
    private static TorchRuntimeOptions? s_options;

    /// <summary>The options in force: those of <see cref="Configure"/>, or the defaults.</summary>
    public static TorchRuntimeOptions Options => s_options ?? new TorchRuntimeOptions();

    /// <summary>libtorch's version, for instance <c>1.13.1</c>. Loads libtorch.</summary>
    public static string Version => Marshal.PtrToStringUTF8(Native.planet_torch_version())!;

    /// <summary>
    /// Fixes the options. Must come before the first tensor, since libtorch reads them as it loads. Repeating the same options is harmless.
    /// </summary>
    /// <param name="options">Threads and kernels.</param>
    /// <exception cref="InvalidOperationException">Other options are in force already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The thread count is not in 1..1024.</exception>
    public static void Configure(TorchRuntimeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Threads is < 1 or > 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Threads, "Threads must be in 1..1024.");
        }

        lock (s_gate)
        {
            if (s_options is { } inForce && inForce != options)
            {
                throw new InvalidOperationException(
                    $"libtorch is configured already with {inForce}; {options} came too late. Call TorchRuntime.Configure once, before the first tensor.");
            }

            s_options = options;
        }
    }

    /// <summary>
    /// What is in force, one row an item: value, and a remedy where something is missing or slow (otherwise null). Loads libtorch.
    /// </summary>
    public static IReadOnlyList<(string Item, string Value, string? Remedy)> Diagnose()
    {
        var version = Version;
        var mapped = MappedLibraries();
        var (blas, blasRemedy) = Blas(mapped);
        var build = Marshal.PtrToStringUTF8(Native.planet_torch_describe(0))!;
        var threads = Native.planet_torch_get_num_threads();
        var devices = Native.Check(Native.planet_torch_cuda_device_count());
        var preset = Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE");
        return
        [
            ("libtorch", $"{version} at {mapped.FirstOrDefault(path => path.Contains("/libtorch_cpu", StringComparison.Ordinal)) ?? "?"}", null),
            ("shim", LibraryLoader.Path ?? "?", null),
            ("BLAS", blas, blasRemedy),
            ("BLAS kernels", CoreName(mapped) ?? "not OpenBLAS",
                preset is not null && !Options.NativeKernels ? $"OPENBLAS_CORETYPE={preset} is preset; native kernels may be faster (rounding changes)" : null),
            ("threads", $"{threads.ToString(CultureInfo.InvariantCulture)} of {Environment.ProcessorCount} processors",
                threads > Environment.ProcessorCount ? "use at most one thread a processor" : null),
            ("CPU capability", Capability(build), null),
            ("CUDA devices", devices.ToString(CultureInfo.InvariantCulture), null),
            ("allocator", ProcessPreparation.AllocatorTuned ? "large blocks kept" : "the C library's defaults",
                ProcessPreparation.AllocatorTuned ? null : "mallopt was refused: large activations will be slow; use the GNU C library's allocator"),
        ];
    }

    /// <summary>The options from here on; what <see cref="Configure"/> set, or the defaults.</summary>
    internal static TorchRuntimeOptions Freeze()
    {
        lock (s_gate)
        {
            return s_options ??= new TorchRuntimeOptions();
        }
    }

    private static string[] MappedLibraries() => File.Exists("/proc/self/maps")
        ? [.. File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.IndexOf('/', StringComparison.Ordinal) + 1)..])
            .Where(path => path.Contains(".so", StringComparison.Ordinal))
            .Select(path => "/" + path)
            .Distinct(StringComparer.Ordinal)]
        : [];

    private static (string Value, string? Remedy) Blas(string[] mapped)
    {
        bool Has(string name, out string path) => (path = mapped.FirstOrDefault(library => library.Contains(name, StringComparison.OrdinalIgnoreCase)) ?? "").Length > 0;
        if (mapped.Any(library => library.Contains("libopenblas", StringComparison.Ordinal) && library.Contains("pthread", StringComparison.Ordinal))
            && !Has("openblas-openmp", out _))
        {
            return ("OpenBLAS with its own threads, which fight libtorch's", InstallBlas);
        }

        if (Has("libopenblas", out var open)) return (open, null);
        if (Has("libmkl", out var mkl)) return (mkl, null);
        if (Has("libblas", out var reference)) return ($"{reference} (reference BLAS, about 28 times slower)", InstallBlas);
        return ("within libtorch", null);
    }

    private static string? CoreName(string[] mapped)
    {
        var path = mapped.FirstOrDefault(library => library.Contains("libopenblas", StringComparison.Ordinal));
        if (path is null || !NativeLibrary.TryLoad(path, out var library)) return null;
        return NativeLibrary.TryGetExport(library, "openblas_get_corename", out var export)
            ? Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)export)())
            : null;
    }

    private static string Capability(string build)
    {
        const string label = "CPU capability usage: ";
        var start = build.IndexOf(label, StringComparison.Ordinal);
        if (start < 0) return "not stated";
        start += label.Length;
        var end = build.IndexOf('\n', start);
        return build[start..(end < 0 ? build.Length : end)].Trim();
    }
}

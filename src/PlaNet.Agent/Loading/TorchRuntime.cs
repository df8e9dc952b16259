using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using PlaNet.Experiments;

namespace PlaNet.Loading;

/// <summary>Process-wide configuration and diagnosis of libtorch.</summary>
public static class TorchRuntime
{
    private static readonly Lock s_gate = new();
    private static (int Threads, bool NativeKernels)? s_options;

    /// <summary>
    /// Sets the number of threads and the matrix kernels. Call it before the first matrix product, because MKL chooses its kernels there.
    /// Repeated calls with the same options do nothing.
    /// </summary>
    /// <param name="compute"><see cref="ComputeOptions.Threads"/> and <see cref="ComputeOptions.NativeKernels"/> of an experiment.</param>
    /// <exception cref="InvalidOperationException">
    /// Other options are already set, or native kernels are requested after the first matrix product.
    /// </exception>
    public static void Configure(ComputeOptions compute)
    {
        ArgumentNullException.ThrowIfNull(compute);
        lock (s_gate)
        {
            var options = (compute.Threads, compute.NativeKernels);
            if (s_options == options)
            {
                return;
            }

            if (s_options is { } current)
            {
                throw new InvalidOperationException(
                    $"libtorch already uses {Describe(current.Threads, current.NativeKernels)}; " +
                    $"{Describe(compute.Threads, compute.NativeKernels)} were requested. " +
                    "These options cannot change within a process: use one process for each.");
            }

            if (compute.NativeKernels && LibTorch.MklOverrideLoaded && !LibTorch.UseNativeKernels())
            {
                throw new InvalidOperationException(
                    "compute.native_kernels is true, but libtorch has already computed a matrix product and keeps its kernels: " +
                    "call TorchRuntime.Configure before the first matrix product.");
            }

            set_num_threads(compute.Threads);
            s_options = options;
        }
    }

    /// <summary>
    /// The current configuration, one row per item: its value, and a remedy if something is missing or slow (otherwise null).
    /// </summary>
    public static IReadOnlyList<(string Item, string Value, string? Remedy)> Diagnose()
    {
        var threads = get_num_threads();
        var version = typeof(torch).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var devices = LibTorch.Backend == "cuda" ? cuda.device_count() : 0;
        return
        [
            ("TorchSharp", version ?? "unknown version", null),
            ("libtorch", $"{__version__}, {LibTorch.Backend} build, {LibTorch.Folder ?? "found by TorchSharp"}", null),
            ("C++ library", LibTorch.PatchedWrapper is { } patched
                ? $"older than TorchSharp requires: {patched.Versions} is unused and marked optional in {patched.File}"
                : "new enough for TorchSharp", null),
            ("matrix kernels", DescribeKernels(), LibTorch.MklOverrideLoaded || LibTorch.Folder is null
                ? null
                : "libplanet_mkl.so is not beside the program: rebuild with ./build.sh --target=Build"),
            ("matrix product", string.Create(CultureInfo.InvariantCulture, $"{MeasureGigaflops():F0} GFLOP/s in float32"), null),
            ("threads", string.Create(CultureInfo.InvariantCulture, $"{threads} of {Environment.ProcessorCount} processors"),
                threads > Environment.ProcessorCount ? "set compute.threads to at most the number of processors" : null),
            ("CUDA devices", LibTorch.Backend == "cuda"
                ? devices.ToString(CultureInfo.InvariantCulture)
                : "none in the cpu build (for the cuda build: dotnet build -p:TorchBackend=cuda)",
                LibTorch.Backend == "cuda" && devices == 0
                    ? "libtorch finds no NVIDIA GPU or driver: install the driver and check it with nvidia-smi"
                    : null),
            ("allocator", LibTorch.AllocatorTuned ? "one arena, large blocks kept" : "defaults of the C library",
                LibTorch.AllocatorTuned ? null : "mallopt failed, so large activations are slow: use the allocator of the GNU C library"),
        ];
    }

    /// <summary>The device of a name. There is no fallback to another device.</summary>
    /// <param name="name"><c>cpu</c> or <c>cuda</c>.</param>
    /// <exception cref="NotSupportedException">This build or machine has no such device; the message gives the remedy.</exception>
    public static Device DeviceOf(string name)
    {
        if (name == "cpu")
        {
            return CPU;
        }

        if (name != "cuda")
        {
            throw new NotSupportedException($"unknown device '{name}'. Use cpu or cuda.");
        }

        if (LibTorch.Backend != "cuda")
        {
            throw new NotSupportedException(
                "this is the cpu build of libtorch, without CUDA. " +
                "Use cpu, or build for NVIDIA GPUs: dotnet build PlaNet.sln -c Release -p:TorchBackend=cuda");
        }

        InitializeDeviceType(DeviceType.CUDA);
        return cuda.is_available()
            ? CUDA
            : throw new NotSupportedException("libtorch finds no NVIDIA GPU. Use cpu, or install the NVIDIA driver (test: nvidia-smi).");
    }

    private static string Describe(int threads, bool nativeKernels) =>
        $"{threads} thread(s) and native kernels {(nativeKernels ? "on" : "off")}";

    private static string DescribeKernels() => s_options switch
    {
        _ when !LibTorch.MklOverrideLoaded => "chosen by libtorch",
        { NativeKernels: true } => "all instruction sets of this processor (compute.native_kernels)",
        _ => "chosen by MKL from the processor's vendor",
    };

    // The best of several runs, because other processes may load the machine.
    private static double MeasureGigaflops()
    {
        const int Size = 1024;
        using var scope = NewDisposeScope();
        var factor = ones(Size, Size);
        var best = double.MaxValue;
        for (var i = 0; i < 8; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var product = factor.mm(factor);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Size * Size * Size / best / 1e9;
    }
}

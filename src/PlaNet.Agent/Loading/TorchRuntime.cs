using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using PlaNet.Experiments;

namespace PlaNet.Loading;

/// <summary>How libtorch computes in this process, and what is in force.</summary>
public static class TorchRuntime
{
    private static readonly Lock s_gate = new();
    private static (int Threads, bool NativeKernels)? s_options;

    /// <summary>
    /// Fixes threads and matrix kernels. Must come before the first matrix product, since MKL chooses its kernels there. Repeating the same
    /// options is harmless.
    /// </summary>
    /// <param name="compute"><see cref="ComputeOptions.Threads"/> and <see cref="ComputeOptions.NativeKernels"/> of an experiment.</param>
    /// <exception cref="InvalidOperationException">Other options are in force, or matrix products were computed before.</exception>
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

            if (s_options is { } inForce)
            {
                throw new InvalidOperationException(
                    $"libtorch computes with {inForce.Threads} thread(s) and native kernels {(inForce.NativeKernels ? "on" : "off")} already; " +
                    $"{compute.Threads} and {(compute.NativeKernels ? "on" : "off")} came too late. Use one process for each.");
            }

            if (compute.NativeKernels && LibTorch.AnswersMkl && !LibTorch.UseNativeKernels())
            {
                throw new InvalidOperationException(
                    "libtorch has computed matrix products before compute.native_kernels was switched on: call TorchRuntime.Configure first.");
            }

            set_num_threads(compute.Threads);
            s_options = options;
        }
    }

    /// <summary>What is in force, one row an item: value, and a remedy where something is missing or slow (otherwise null).</summary>
    public static IReadOnlyList<(string Item, string Value, string? Remedy)> Diagnose()
    {
        var threads = get_num_threads();
        var sharp = typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var devices = LibTorch.Backend == "cuda" ? cuda.device_count() : 0;
        return
        [
            ("TorchSharp", sharp ?? "?", null),
            ("libtorch", $"{__version__}, {LibTorch.Backend} build, {LibTorch.Folder ?? "found by TorchSharp"}", null),
            ("C++ library", LibTorch.Remedied is { } remedied
                ? $"older than TorchSharp's: {remedied.Versions} is not needed and marked so in {remedied.File}"
                : "new enough for TorchSharp", null),
            ("matrix kernels", Kernels(), LibTorch.AnswersMkl || LibTorch.Folder is null ? null : "libplanet_mkl.so is not beside the program: build again"),
            ("matrix product", string.Create(CultureInfo.InvariantCulture, $"{GigaflopsOfProducts():F0} GFLOP/s in float32"), null),
            ("threads", string.Create(CultureInfo.InvariantCulture, $"{threads} of {Environment.ProcessorCount} processors"),
                threads > Environment.ProcessorCount ? "use at most one thread a processor" : null),
            ("CUDA devices", LibTorch.Backend == "cuda"
                ? devices.ToString(CultureInfo.InvariantCulture)
                : "none in the cpu build (dotnet build -p:TorchBackend=cuda makes the other)",
                LibTorch.Backend == "cuda" && devices == 0 ? "this machine shows no NVIDIA GPU or driver" : null),
            ("allocator", LibTorch.AllocatorTuned ? "one arena, large blocks kept" : "the C library's defaults",
                LibTorch.AllocatorTuned ? null : "mallopt was refused: large activations will be slow; use the GNU C library's allocator"),
        ];
    }

    /// <summary>The device of a name, or why it cannot be used. Never another one in its place.</summary>
    /// <param name="name"><c>cpu</c> or <c>cuda</c>.</param>
    /// <exception cref="NotSupportedException">There is no such device in this build or on this machine; the message says what to do.</exception>
    public static Device DeviceOf(string name)
    {
        if (name == "cpu")
        {
            return CPU;
        }

        if (name != "cuda")
        {
            throw new NotSupportedException($"there is no device '{name}'. Use cpu or cuda.");
        }

        if (LibTorch.Backend != "cuda")
        {
            throw new NotSupportedException(
                "this is the cpu build of libtorch. Use cpu, or build for NVIDIA GPUs: dotnet build PlaNet.sln -c Release -p:TorchBackend=cuda");
        }

        InitializeDeviceType(DeviceType.CUDA);
        return cuda.is_available()
            ? CUDA
            : throw new NotSupportedException("libtorch sees no NVIDIA GPU. Use cpu, or install the NVIDIA driver (nvidia-smi shows it).");
    }

    private static string Kernels() => s_options switch
    {
        _ when !LibTorch.AnswersMkl => "as libtorch chooses",
        { NativeKernels: true } => "MKL may use all of this processor (compute.native_kernels)",
        _ => "as MKL chooses for this processor's maker",
    };

    // The fastest of several, because others may use the machine meanwhile.
    private static double GigaflopsOfProducts()
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

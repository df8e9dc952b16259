using System.Reflection;
using System.Runtime.InteropServices;

namespace PlaNet.Torch.Interop;

/// <summary>Finds the shim and, through it, loads libtorch: once, after <see cref="TorchRuntime"/> has prepared the process.</summary>
internal static unsafe class LibraryLoader
{
    private static readonly Lock s_gate = new();
    private static nint s_handle;

    /// <summary>Where the shim was found; null until it is loaded.</summary>
    internal static string? Path { get; private set; }

    internal static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (!string.Equals(name, Native.Library, StringComparison.Ordinal)) return 0;
        lock (s_gate)
        {
            if (s_handle != 0) return s_handle;
            var options = TorchRuntime.Freeze();
            var path = Find();
            ProcessPreparation.BeforeLoad(options);
            nint handle;
            try
            {
                handle = NativeLibrary.Load(path);
            }
            catch (DllNotFoundException missing)
            {
                throw new TorchException(
                    $"libtorch cannot be loaded ({Reason(missing.Message)}): run ./build.sh --target=Setup, which installs it.", missing);
            }

            // Called by address: an import would come back here.
            ((delegate* unmanaged<void>)NativeLibrary.GetExport(handle, "planet_torch_keep_memory"))();
            var setThreads = (delegate* unmanaged<int, int>)NativeLibrary.GetExport(handle, nameof(Native.planet_torch_set_num_threads));
            _ = setThreads(options.Threads);
            Path = path;
            return s_handle = handle;
        }
    }

    private static string Find()
    {
        const string file = "libplanet_torch.so";
        if (Environment.GetEnvironmentVariable("PLANET_TORCH_SHIM") is { Length: > 0 } given)
        {
            return File.Exists(given)
                ? given
                : throw new TorchException($"PLANET_TORCH_SHIM names '{given}', which does not exist: unset it, or name a built {file}.");
        }

        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string[] places =
        [
            System.IO.Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{architecture}", "native", file),
            System.IO.Path.Combine(AppContext.BaseDirectory, file),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new TorchException($"The libtorch shim {file} is not beside the program (looked for {places[0]}): run ./build.sh --target=Setup and build again.");
    }

    // The runtime's message is advice in its first line and what the loader said in the next.
    private static string Reason(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length > 1 ? lines[1] : lines[0];
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PlaNet.MuJoCo;

/// <summary>Finds the C shim: <c>PLANET_MUJOCO_SHIM</c> if set, otherwise the copy in the program's folder.</summary>
internal static class NativeResolver
{
    internal const string Override = "PLANET_MUJOCO_SHIM";

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The resolver must be installed before the first native call.")]
    internal static void Install()
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeResolver).Assembly, Resolve);
    }

    internal static string ShimPath()
    {
        var chosen = Environment.GetEnvironmentVariable(Override);
        if (!string.IsNullOrEmpty(chosen))
        {
            return chosen;
        }

        // A program that is built for one platform (-r linux-x64) has the shim in its own folder.
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        var inRuntimes = Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{architecture}", "native", "libplanet_mujoco.so");
        var inProgramFolder = Path.Combine(AppContext.BaseDirectory, "libplanet_mujoco.so");
        return File.Exists(inProgramFolder) && !File.Exists(inRuntimes) ? inProgramFolder : inRuntimes;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != Native.Library)
        {
            return 0;
        }

        return Load(ShimPath());
    }

    /// <summary>Loads the shim. The exception says in one line what is missing and how to install it.</summary>
    internal static nint Load(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException failure)
        {
            // .NET surrounds the loader's line, such as "libmujoco.so.2.2.2: cannot open shared object file", with general advice.
            var line = failure.Message.Split('\n').FirstOrDefault(line => line.Contains("cannot open", StringComparison.Ordinal));
            var reason = File.Exists(path) ? line?.Trim() ?? failure.Message.ReplaceLineEndings(" ") : $"there is no file {path}";
            throw new MuJoCoException($"MuJoCo is not usable: {reason}. {MuJoCoRuntime.Remedy}.", failure);
        }
    }
}

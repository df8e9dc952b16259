using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PlaNet.MuJoCo;

/// <summary>Finds the C shim: <c>PLANET_MUJOCO_SHIM</c> if set, else the copy beside the program.</summary>
internal static class NativeResolver
{
    internal const string Override = "PLANET_MUJOCO_SHIM";

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The resolver must be in place before the first native call of any caller.")]
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

        // A program that is built for one system only (-r linux-x64) has it right beside it.
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        var usual = Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{architecture}", "native", "libplanet_mujoco.so");
        var beside = Path.Combine(AppContext.BaseDirectory, "libplanet_mujoco.so");
        return File.Exists(beside) && !File.Exists(usual) ? beside : usual;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != Native.Library)
        {
            return 0;
        }

        return Load(ShimPath());
    }

    /// <summary>Loads the shim, or says in one line what is missing and what to do.</summary>
    internal static nint Load(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException failure)
        {
            // The loader's own line, such as "libmujoco.so.2.2.2: cannot open shared object file", is buried in advice.
            var line = failure.Message.Split('\n').FirstOrDefault(line => line.Contains("cannot open", StringComparison.Ordinal));
            var reason = File.Exists(path) ? line?.Trim() ?? failure.Message.ReplaceLineEndings(" ") : $"there is no file {path}";
            throw new MuJoCoException($"MuJoCo is not usable: {reason}. {MuJoCoRuntime.Remedy}.", failure);
        }
    }
}

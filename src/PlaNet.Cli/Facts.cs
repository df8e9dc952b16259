using System.Reflection;
using System.Runtime.InteropServices;
using PlaNet.MuJoCo;
using PlaNet.Loading;

namespace PlaNet.Cli;

/// <summary>The environment of a run, recorded to explain why a result is not reproduced elsewhere.</summary>
public static class Facts
{
    /// <summary>Versions of the program, the runtime and the native libraries, the processor and the device.</summary>
    public static IReadOnlyDictionary<string, string> Of(torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        var version = typeof(Facts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["planet"] = version?.InformationalVersion ?? "unknown",
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["system"] = RuntimeInformation.OSDescription,
            ["device"] = device.ToString(),
        };
        foreach (var (item, value, _) in TorchRuntime.Diagnose().Concat(MuJoCoRuntime.Diagnose()))
        {
            facts[item] = value;
        }

        return facts;
    }
}

using System.Reflection;
using System.Runtime.InteropServices;
using PlaNet.MuJoCo;
using PlaNet.Loading;

namespace PlaNet.Cli;

/// <summary>What a run is started with: what one needs to know to say why a result was not reproduced.</summary>
public static class Facts
{
    /// <summary>Program, runtime and library versions, processor and device.</summary>
    /// <param name="device">Where the model lives.</param>
    public static IReadOnlyDictionary<string, string> Of(torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["planet"] = typeof(Facts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
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

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using PlaNet.Loading;

namespace PlaNet.Tests;

/// <summary>
/// Loads PlaNet.Agent's native libraries before any test. TorchSharp binds to libtorch at its first use, so PlaNet.Agent must load it
/// first; but the first test, or even the discovery of test cases, may use a tensor without using PlaNet.Agent.
/// </summary>
internal static class LoadFirst
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "xunit has no hook that runs before test discovery.")]
    internal static void Load() => RuntimeHelpers.RunModuleConstructor(typeof(TorchRuntime).Module.ModuleHandle);
}

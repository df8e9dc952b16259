using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using PlaNet.Loading;

namespace PlaNet.Tests;

/// <summary>
/// TorchSharp looks for its native part at its first use, and finds what PlaNet.Agent has loaded by then: the first test that runs, and even
/// the listing of a test's cases, may use a tensor before anything of that room.
/// </summary>
internal static class LoadFirst
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Nothing of xunit runs before the cases of the tests are listed.")]
    internal static void Load() => RuntimeHelpers.RunModuleConstructor(typeof(TorchRuntime).Module.ModuleHandle);
}

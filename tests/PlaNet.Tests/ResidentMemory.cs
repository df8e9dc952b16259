using System.Globalization;

namespace PlaNet.Tests;

/// <summary>Memory of this process that is in use, native allocations included. Only meaningful in <see cref="Alone"/>.</summary>
internal static class ResidentMemory
{
    public static double Mebibytes()
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PlaNet.Cluster.Nodes;

/// <summary>
/// Node names from which another process of the same machine can tell whether the node is alive. The format is
/// <c>host:process:start:machine</c>: start is the start time of the process, and machine distinguishes boots and containers that share a
/// host name.
/// </summary>
public static class NodeIdentity
{
    /// <summary>The name for this process.</summary>
    public static string OfThisProcess { get; } =
        $"{Environment.MachineName}:{Environment.ProcessId}:{Start(Environment.ProcessId) ?? "0"}:{Machine()}";

    /// <summary>Whether a node is known to be dead: it ran on this machine, and its process has exited. False if unknown.</summary>
    /// <param name="owner">Name of the node.</param>
    public static bool IsDead(string owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        var parts = owner.Split(':');
        return parts.Length == 4
            && parts[0] == Environment.MachineName
            && parts[3] == Machine()
            && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var process)
            && Start(process) != parts[2];
    }

    // Field 22 of /proc/PID/stat. Fields are counted after the program name in parentheses, which may contain spaces and parentheses.
    private static string? Start(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Machine()
    {
        try
        {
            var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            var space = File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name ?? "";
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(boot + space)))[..8];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A random value matches no other node, so no node is considered dead; leases expire instead.
            return Guid.NewGuid().ToString("N")[..8];
        }
    }
}

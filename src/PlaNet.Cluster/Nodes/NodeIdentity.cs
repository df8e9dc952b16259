using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace PlaNet.Cluster.Nodes;

/// <summary>
/// Names a node so that another process of the same machine can tell whether it still lives: <c>host:process:start:machine</c>, where start
/// is when the process began, and machine tells boots and containers of one name apart.
/// </summary>
public static class NodeIdentity
{
    /// <summary>This process.</summary>
    public static string OfThisProcess { get; } =
        $"{Environment.MachineName}:{Environment.ProcessId}:{Start(Environment.ProcessId) ?? "0"}:{Machine()}";

    /// <summary>Whether a node is known to be dead: it ran on this machine and its process is gone.</summary>
    /// <param name="owner">The node's name.</param>
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

    // The 22nd field of /proc/PID/stat, counted after the name in brackets, which may hold anything.
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
            // Nothing is known about other processes here; leases end by themselves.
            return Guid.NewGuid().ToString("N")[..8];
        }
    }
}

using System.Diagnostics;
using System.Globalization;

namespace PlaNet.Tests.Cluster;

/// <summary>
/// Network namespaces in the roles of machines on one network: 10.77.0.1, 10.77.0.2 and so on, each with a virtual cable to a switch.
/// The switch is in a namespace too, so that this machine's own network is not changed and everything is removed with the namespaces.
/// </summary>
internal sealed class NetworkNamespaces : IDisposable
{
    private const string Prefix = "planet-test-";
    private static readonly Lazy<string?> s_missing = new(() =>
        !Environment.IsPrivilegedProcess ? "network namespaces need root"
        : !File.Exists("/usr/sbin/ip") || !File.Exists("/usr/bin/nsenter")
            ? "ip or nsenter is not installed: apt-get install iproute2 util-linux"
        : Try(Prefix + Environment.ProcessId));

    private readonly string _own = $"{Prefix}{Environment.ProcessId}-";
    private readonly int _machines;

    /// <summary>Creates the machines and connects them.</summary>
    /// <param name="machines">The number of machines, 1 to 250.</param>
    public NetworkNamespaces(int machines)
    {
        _machines = machines;
        DeleteLeftOver();
        try
        {
            Ip("netns", "add", Switch);
            Ip("-n", Switch, "link", "add", "name", "switch", "type", "bridge");
            Ip("-n", Switch, "link", "set", "dev", "switch", "up");
            for (var machine = 0; machine < machines; machine++)
            {
                var name = Name(machine);
                Ip("netns", "add", name);
                Ip("link", "add", "name", "lan", "netns", name, "type", "veth", "peer", "name", Port(machine), "netns", Switch);
                Ip("-n", Switch, "link", "set", "dev", Port(machine), "master", "switch");
                Ip("-n", Switch, "link", "set", "dev", Port(machine), "up");
                Ip("-n", name, "address", "add", $"{Address(machine)}/24", "dev", "lan");
                Ip("-n", name, "link", "set", "dev", "lan", "up");
                Ip("-n", name, "link", "set", "dev", "lo", "up");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Why this machine cannot have network namespaces; null when it can.</summary>
    public static string? Missing => s_missing.Value;

    private string Switch => _own + "switch";

    /// <summary>The address of a machine; machines are numbered from 0.</summary>
    public static string Address(int machine) => $"10.77.0.{machine + 1}";

    /// <summary>The command that runs the program named after it on a machine.</summary>
    public string[] On(int machine) => ["nsenter", $"--net=/run/netns/{Name(machine)}"];

    /// <summary>Disconnects a machine at the switch; its own interface stays up.</summary>
    public void Cut(int machine) => Ip("-n", Switch, "link", "set", "dev", Port(machine), "nomaster");

    /// <summary>Connects a machine again.</summary>
    public void Heal(int machine) => Ip("-n", Switch, "link", "set", "dev", Port(machine), "master", "switch");

    public void Dispose()
    {
        foreach (var name in Enumerable.Range(0, _machines).Select(Name).Append(Switch))
        {
            Run("netns", "delete", name);
        }
    }

    private static string Port(int machine) => $"port{machine}";

    private string Name(int machine) => $"{_own}{machine}";

    // Killed tests leave their namespaces behind. Each is named after a process id, so those of ended processes can be deleted.
    private static void DeleteLeftOver()
    {
        foreach (var name in Directory.GetFiles("/run/netns", Prefix + "*").Select(path => Path.GetFileName(path)))
        {
            if (!Directory.Exists("/proc/" + name[Prefix.Length..].Split('-')[0]))
            {
                Run("netns", "delete", name);
            }
        }
    }

    private static string? Try(string name)
    {
        var (code, error) = Run("netns", "add", name);
        Run("netns", "delete", name);
        return code == 0 ? null : $"network namespaces cannot be created here: {error.Trim()}";
    }

    private static void Ip(params string[] words)
    {
        var (code, error) = Run(words);
        Assert.True(code == 0, string.Create(CultureInfo.InvariantCulture, $"ip {string.Join(' ', words)} ended with {code}: {error}"));
    }

    private static (int Code, string Error) Run(params string[] words)
    {
        using var ip = Process.Start(
            new ProcessStartInfo("/usr/sbin/ip", words) { RedirectStandardError = true, UseShellExecute = false })!;
        var error = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        return (ip.ExitCode, error);
    }
}

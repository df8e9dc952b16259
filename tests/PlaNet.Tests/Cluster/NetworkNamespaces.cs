using System.Diagnostics;
using System.Globalization;

namespace PlaNet.Tests.Cluster;

/// <summary>
/// Network namespaces that stand for machines of one network: 10.77.0.1, 10.77.0.2 and so on, each with a cable to a switch. The switch is in a
/// namespace too, so that nothing of this machine's own network is touched, and all of it goes with the namespaces.
/// </summary>
internal sealed class NetworkNamespaces : IDisposable
{
    private const string Prefix = "planet-test-";
    private static readonly Lazy<string?> s_missing = new(() =>
        !Environment.IsPrivilegedProcess ? "network namespaces need root"
        : !File.Exists("/usr/sbin/ip") || !File.Exists("/usr/bin/nsenter") ? "ip or nsenter is not installed: apt-get install iproute2 util-linux"
        : Try(Prefix + Environment.ProcessId));

    private readonly string _own = $"{Prefix}{Environment.ProcessId}-";
    private readonly int _machines;

    /// <summary>Makes the machines, their cables plugged in.</summary>
    /// <param name="machines">How many, 1 to 250.</param>
    public NetworkNamespaces(int machines)
    {
        _machines = machines;
        RemoveLeftOver();
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

    /// <summary>Why there are none here; null where there are.</summary>
    public static string? Missing => s_missing.Value;

    private string Switch => _own + "switch";

    /// <summary>The address of a machine.</summary>
    /// <param name="machine">Its number, from 0.</param>
    public static string Address(int machine) => $"10.77.0.{machine + 1}";

    /// <summary>The program that becomes another one on a machine, with its words.</summary>
    /// <param name="machine">Its number.</param>
    public string[] On(int machine) => ["nsenter", $"--net=/run/netns/{Name(machine)}"];

    /// <summary>Pulls a machine's cable out at the switch: the machine itself is not told.</summary>
    /// <param name="machine">Its number.</param>
    public void Cut(int machine) => Ip("-n", Switch, "link", "set", "dev", Port(machine), "nomaster");

    /// <summary>Plugs it in again.</summary>
    /// <param name="machine">Its number.</param>
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

    // What tests that were killed have left: the process that a namespace is named after is gone.
    private static void RemoveLeftOver()
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
        return code == 0 ? null : $"network namespaces cannot be made here: {error.Trim()}";
    }

    private static void Ip(params string[] words)
    {
        var (code, error) = Run(words);
        Assert.True(code == 0, string.Create(CultureInfo.InvariantCulture, $"ip {string.Join(' ', words)} ended with {code}: {error}"));
    }

    private static (int Code, string Error) Run(params string[] words)
    {
        using var ip = Process.Start(new ProcessStartInfo("/usr/sbin/ip", words) { RedirectStandardError = true, UseShellExecute = false })!;
        var error = ip.StandardError.ReadToEnd();
        ip.WaitForExit();
        return (ip.ExitCode, error);
    }
}

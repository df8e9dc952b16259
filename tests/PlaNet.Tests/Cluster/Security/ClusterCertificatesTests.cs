using PlaNet.Cli;
using PlaNet.Cluster.Security;
using PlaNet.Runs.Settings;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Cluster.Security;

public sealed class ClusterCertificatesTests : IDisposable
{
    private static readonly DateTimeOffset s_today = TimeProvider.System.GetUtcNow();

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Every_machine_gets_a_certificate_of_the_authority_for_all_its_names()
    {
        var files = Create("lab", "node1+10.0.0.5+FD00:0::7", "node2.lab");
        Assert.True(files.AuthorityIsNew);
        Assert.Equal(["authority.crt", "authority.key", "node1.pfx", "node2.lab.pfx"], Names("lab"));
        Assert.Equal([["node1", "10.0.0.5", "fd00::7"], ["node2.lab"]], files.Machines.Select(machine => machine.Hosts));

        using var first = Load("lab", "node1");
        using var second = Load("lab", "node2.lab");
        Assert.All(["node1", "NODE1", "10.0.0.5", "fd00::7"], host => Assert.True(first.Covers(host)));
        Assert.All(["node2.lab", "10.0.0.6", "fd00::8", "node11"], host => Assert.False(first.Covers(host)));
        Assert.True(second.Covers("node2.lab"));
        Assert.All(files.Machines, machine => Assert.Equal(825, Math.Round((machine.ValidUntil - s_today).TotalDays)));
    }

    [Fact]
    public void Files_are_for_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Permissions are those of Unix.");
        Create("lab", "node1");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["lab"]));
            foreach (var file in Directory.GetFiles(_folder["lab"]))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public void An_existing_authority_is_kept_and_machines_are_added_to_it()
    {
        Create("lab", "node1");
        var (certificate, key) = (Text("lab/authority.crt"), Text("lab/authority.key"));
        var files = Create("lab", "node2", "node1");
        Assert.False(files.AuthorityIsNew);
        Assert.Equal((certificate, key), (Text("lab/authority.crt"), Text("lab/authority.key")));
        Load("lab", "node1").Dispose();
        Load("lab", "node2").Dispose();

        // An incomplete authority is not overwritten.
        File.Delete(_folder["lab/authority.crt"]);
        Assert.Contains("authority.key exists without authority.crt", Refused("lab", null, "node3"));
        Assert.Equal(key, Text("lab/authority.key"));
        File.WriteAllText(_folder["lab/authority.crt"], certificate);
        File.Delete(_folder["lab/authority.key"]);
        Assert.Contains("authority.crt exists without authority.key", Refused("lab", null, "node3"));
        Assert.Equal(certificate, Text("lab/authority.crt"));
        Assert.Equal(["authority.crt", "node1.pfx", "node2.pfx"], Names("lab"));
    }

    [Fact]
    public void A_password_encrypts_every_private_key_and_is_needed_to_use_them()
    {
        ClusterCertificates.Create(_folder["lab"], ["node1"], "geheim", TimeProvider.System);
        Assert.Contains("ENCRYPTED", Text("lab/authority.key"));
        File.WriteAllText(_folder["right"], "geheim\nsecond line\n");
        File.WriteAllText(_folder["wrong"], "falsch\n");
        Load("lab", "node1", "right").Dispose();
        var refusal = Assert.Throws<ClusterException>(() => Load("lab", "node1", "wrong"));
        Assert.Contains("planet.cluster.tls.certificate", refusal.Message);
        Assert.DoesNotContain("falsch", refusal.Message);
        Assert.Throws<ClusterException>(() => Load("lab", "node1"));
        Assert.Contains("password", Refused("lab", "falsch", "node2"));
        Assert.Contains("password", Refused("lab", null, "node2"));
        Assert.False(ClusterCertificates.Create(_folder["lab"], ["node2"], "geheim", TimeProvider.System).AuthorityIsNew);
    }

    [Fact]
    public void An_authority_that_would_end_before_its_certificates_is_refused()
    {
        ClusterCertificates.Create(_folder["lab"], ["node1"], null, new SettableTime { Now = s_today - TimeSpan.FromDays(3650 - 820) });
        Assert.Contains("before a machine's certificate", Refused("lab", null, "node2"));
    }

    [Fact]
    public void Hosts_that_no_certificate_can_be_made_for_are_refused_before_anything_is_written()
    {
        Assert.Contains("\"a b\" is neither", Refused("lab", null, "node1", "a b"));
        Assert.Contains("\"node1:4053\" is neither", Refused("lab", null, "node1:4053"));
        Assert.Contains("\"0.0.0.0\" is neither", Refused("lab", null, "0.0.0.0"));
        Assert.Contains("\"\" is neither", Refused("lab", null, "node1+"));
        Assert.Contains("named twice", Refused("lab", null, "node1", "NODE1+10.0.0.5"));
        Assert.Contains("No machine", Refused("lab", null));
        Assert.False(Directory.Exists(_folder["lab"]));
    }

    [Fact]
    public void Certificates_that_cannot_be_used_are_refused_with_the_setting_and_the_remedy()
    {
        Create("lab", "node1");
        Create("other", "node1");
        ClusterCertificates.Create(_folder["old"], ["node1"], null, new SettableTime { Now = s_today - TimeSpan.FromDays(900) });
        File.WriteAllText(_folder["text"], "no certificate");

        Assert.Null(ClusterTls.Load(new TlsSettings()));
        Refuses("lab/node1.pfx", "other/authority.crt", "was not signed by the cluster's authority");
        Refuses("old/node1.pfx", "old/authority.crt", "is valid from");
        Refuses("lab/node2.pfx", "lab/authority.crt", "there is no such file");
        Refuses("text", "lab/authority.crt", "planet.cluster.tls.certificate");
        Refuses("lab/node1.pfx", "text", "it holds no certificate in PEM form");

        // The authority's own certificate cannot be used as that of a machine.
        Refuses("lab/authority.crt", "lab/authority.crt", "planet.cluster.tls.certificate");

        void Refuses(string certificate, string authority, string reason)
        {
            var settings = new TlsSettings { Certificate = _folder[certificate], Authority = _folder[authority] };
            var refusal = Assert.Throws<ClusterException>(() => ClusterTls.Load(settings));
            Assert.Contains(reason, refusal.Message);
            Assert.Contains("planet cluster certificates", refusal.Message);
        }
    }

    [Fact]
    public async Task The_command_prints_which_files_to_copy_and_refuses_unusable_options()
    {
        var (code, output, error) = await PlanetProcess.Run(
            ["cluster", "certificates", "--out", _folder["lab"], "--hosts", "node1+10.0.0.5, node2"]);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Contains($"created the authority {_folder["lab/authority.crt"]}", output);
        Assert.Matches(@"node1 +node1, 10\.0\.0\.5 +20\d\d-\d\d-\d\d +.*/lab/node1\.pfx and .*/lab/authority\.crt", output);
        Assert.Contains("planet.cluster.tls { certificate", output);
        Assert.Contains("authority.key: anyone who has it", output);

        File.WriteAllText(_folder["empty"], "\n");
        foreach (var (words, reason) in new (string[], string)[]
        {
            (["--out", _folder["lab"], "--hosts", "a/b"], "neither a name nor an address"),
            (["--out", _folder["lab"], "--hosts", "a", "--password-file", _folder["none"]], "cannot be read"),
            (["--out", _folder["lab"], "--hosts", "a", "--password-file", _folder["empty"]], "the first line is empty"),
            (["--out", _folder["empty"], "--hosts", "a"], _folder["empty"]),
            (["--hosts", "a"], "see `planet cluster certificates --help`"),
        })
        {
            (code, output, error) = await PlanetProcess.Run(["cluster", "certificates", .. words]);
            Assert.NotEqual(ExitCode.Success, code);
            Assert.Empty(output);
            Assert.Contains(reason, Assert.Single(error.TrimEnd().Split('\n')));
        }
    }

    public void Dispose() => _folder.Dispose();

    private ClusterCertificateFiles Create(string name, params string[] machines) =>
        ClusterCertificates.Create(_folder[name], machines, null, TimeProvider.System);

    private string Refused(string name, string? password, params string[] machines) =>
        Assert.Throws<ClusterException>(() => ClusterCertificates.Create(_folder[name], machines, password, TimeProvider.System)).Message;

    private ClusterTls Load(string name, string machine, string password = "") => ClusterTls.Load(new TlsSettings
    {
        Certificate = _folder[$"{name}/{machine}.pfx"],
        Authority = _folder[$"{name}/authority.crt"],
        PasswordFile = password.Length > 0 ? _folder[password] : "",
    })!;

    private string Text(string name) => File.ReadAllText(_folder[name]);

    private string[] Names(string name) =>
        [.. Directory.GetFiles(_folder[name]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PlaNet.Tests.Cluster;

/// <summary>
/// A PostgreSQL server in a temporary folder, reached over a Unix socket. A guarded server also listens on 127.0.0.1 and asks for a
/// password there.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    /// <summary>A user that a guarded server accepts without a password; the test has to create it.</summary>
    public const string Guest = "guest";

    private readonly string _folder;
    private readonly string _programs;
    private readonly bool _root = Environment.IsPrivilegedProcess;
    private readonly string _options;
    private int _databases;

    public PostgresServer()
        : this(password: null, tls: false)
    {
    }

    private PostgresServer(string? password, bool tls)
    {
        // Short, because the length of a socket's path is limited.
        _folder = Directory.CreateTempSubdirectory("pg-").FullName;
        _programs = Programs ?? "";
        Port = password is null ? 5432 : FreePort();
        _options = $"-k {_folder} -c port={Port} -c listen_addresses={(password is null ? "" : "127.0.0.1")} -c fsync=off{(tls ? " -c ssl=on" : "")}";
        if (Programs is null)
        {
            return;
        }

        if (_root)
        {
            // The server refuses to run as root.
            Run("chown", "postgres", _folder);
        }

        string[] passwordOptions = [];
        if (password is not null)
        {
            File.WriteAllText(Path.Combine(_folder, "password"), password);
            passwordOptions = ["--auth-host=scram-sha-256", "--pwfile", Path.Combine(_folder, "password")];
        }

        AsServer(
            "initdb", ["--auth=trust", .. passwordOptions, "--username=planet", "--no-sync", "--encoding=UTF8", "--locale=C", "-D", Data]);
        if (password is not null)
        {
            // The first line that matches decides.
            var rules = Path.Combine(Data, "pg_hba.conf");
            File.WriteAllText(rules, $"host all {Guest} 127.0.0.1/32 trust\n{File.ReadAllText(rules)}");
        }

        if (tls)
        {
            WriteCertificate();
        }

        Start();
    }

    /// <summary>Why there is no server; null when there is one.</summary>
    public static string? Missing => Programs is null ? "PostgreSQL is not installed: apt-get install postgresql" : null;

    /// <summary>The socket's folder.</summary>
    public string Folder => _folder;

    /// <summary>The port, which is part of the socket's name too.</summary>
    public int Port { get; }

    /// <summary>The server's self-signed certificate for localhost.</summary>
    public string Certificate => Path.Combine(Data, "server.crt");

    private static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql")
            .Select(version => Path.Combine(version, "bin"))
            .LastOrDefault(bin => File.Exists(Path.Combine(bin, "pg_ctl")))
        : null;

    private string Data => Path.Combine(_folder, "data");

    /// <summary>A server that listens on 127.0.0.1 and asks for a password there, but not on its socket.</summary>
    /// <param name="password">The password of the user planet.</param>
    /// <param name="tls">Whether it offers TLS.</param>
    public static PostgresServer Guarded(string password, bool tls) => new(password, tls);

    /// <summary>The address of a new, empty database.</summary>
    public string NewDatabase() => $"postgres://planet@/{NewName()}?host={_folder}";

    /// <summary>The name of a new, empty database.</summary>
    public string NewName()
    {
        var name = $"grid{Interlocked.Increment(ref _databases)}";
        AsServer("createdb", "--host", _folder, "--port", $"{Port}", "--username", "planet", name);
        return name;
    }

    /// <summary>Stops the server as a crash would: without a checkpoint and with broken connections.</summary>
    public void Crash() => AsServer("pg_ctl", "stop", "-m", "immediate", "-w", "-D", Data);

    /// <summary>Starts the server and waits until it answers. It runs without fsync, needed only if the machine crashes.</summary>
    public void Start() => AsServer(
        "pg_ctl", "start", "-w", "-D", Data, "-l", Path.Combine(_folder, "log"), "-o", _options);

    public void Dispose()
    {
        if (Programs is not null)
        {
            Crash();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var secret = Path.Combine(Data, "server.key");
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(secret, key.ExportPkcs8PrivateKeyPem());
        Run("chmod", "600", secret);
        if (_root)
        {
            Run("chown", "postgres", Certificate, secret);
        }
    }

    private void AsServer(string program, params string[] words)
    {
        string[] line = [Path.Combine(_programs, program), .. words];
        Run([.. _root ? ["runuser", "-u", "postgres", "--"] : Array.Empty<string>(), .. line]);
    }

    private void Run(params string[] line)
    {
        // pg_ctl leaves a server behind that inherits these pipes, so reading them to their end would never return.
        var start = new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = _folder, UseShellExecute = false };
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', line)} ended with {process.ExitCode}");
        }
    }
}

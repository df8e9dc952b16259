using System.Diagnostics;

namespace PlaNet.Tests.Cluster;

/// <summary>A PostgreSQL server of its own in a temporary folder, reached over a Unix socket only.</summary>
public sealed class PostgresServer : IDisposable
{
    private readonly string _folder;
    private readonly string _programs;
    private readonly bool _root = Environment.IsPrivilegedProcess;
    private int _databases;

    public PostgresServer()
    {
        // Short, because the name of a socket may not be long.
        _folder = Directory.CreateTempSubdirectory("pg-").FullName;
        _programs = Programs ?? "";
        if (Programs is null)
        {
            return;
        }

        if (_root)
        {
            // The server refuses to be root.
            Run("chown", "postgres", _folder);
        }

        AsServer("initdb", "--auth=trust", "--username=planet", "--no-sync", "--encoding=UTF8", "--locale=C", "-D", Data);
        StartAgain();
    }

    /// <summary>Why there is no server; null where there is one.</summary>
    public static string? Missing => Programs is null ? "PostgreSQL is not installed: apt-get install postgresql" : null;

    /// <summary>The socket's folder.</summary>
    public string Folder => _folder;

    private static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).LastOrDefault(bin => File.Exists(Path.Combine(bin, "pg_ctl")))
        : null;

    private string Data => Path.Combine(_folder, "data");

    /// <summary>The address of a new, empty database.</summary>
    public string NewDatabase()
    {
        var name = $"grid{Interlocked.Increment(ref _databases)}";
        AsServer("createdb", "--host", _folder, "--username", "planet", name);
        return $"postgres://planet@/{name}?host={_folder}";
    }

    /// <summary>Ends the server as a crash would: nothing is flushed in order, connections break.</summary>
    public void Crash() => AsServer("pg_ctl", "stop", "-m", "immediate", "-w", "-D", Data);

    /// <summary>Starts it and waits until it answers. Only the machine's own crash would need fsync, and a start after a crash is quick without.</summary>
    public void StartAgain() => AsServer(
        "pg_ctl", "start", "-w", "-D", Data, "-l", Path.Combine(_folder, "log"), "-o", $"-k {_folder} -c listen_addresses= -c fsync=off");

    public void Dispose()
    {
        if (Programs is not null)
        {
            Crash();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void AsServer(string program, params string[] words)
    {
        string[] line = [Path.Combine(_programs, program), .. words];
        Run([.. _root ? ["runuser", "-u", "postgres", "--"] : Array.Empty<string>(), .. line]);
    }

    private void Run(params string[] line)
    {
        // What a server inherits it holds open, so that nothing is read from it here.
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

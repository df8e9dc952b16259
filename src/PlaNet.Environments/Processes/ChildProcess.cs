using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using PlaNet.Common;

namespace PlaNet.Environments.Processes;

/// <summary>
/// A child process that is addressed through its standard input and output. Any failure kills the process and is reported as one
/// <see cref="EnvironmentProcessException"/>.
/// </summary>
internal sealed class ChildProcess : MessageChannel
{
    private const int MaxQuotedCommand = 1024;
    private const int MaxQuotedError = 500;

    // Error numbers of the operating system: ENOENT, ENOEXEC and EACCES.
    private const int NoSuchFile = 2;
    private const int NotExecutable = 8;
    private const int PermissionDenied = 13;

    private static readonly TimeSpan s_exitTimeout = TimeSpan.FromSeconds(2);
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly ConcurrentDictionary<ChildProcess, bool> s_living = [];

    private readonly ProcessOptions _options;
    private readonly Process _process;
    private readonly Task _errorReader;
    private readonly LastLine _lastErrorLine = new();

    public ChildProcess(ProcessOptions options, TimeProvider time)
        : base(time)
    {
        _options = options;
        try
        {
            _process = Process.Start(new ProcessStartInfo(Resolve(options), options.Arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardInputEncoding = s_utf8,
                UseShellExecute = false,
                WorkingDirectory = options.WorkingDirectory ?? "",
            })!;
        }
        catch (Win32Exception failure)
        {
            throw new EnvironmentProcessException(
                $"The environment program {OneLine.Of(options.Program)} could not be started ({OneLine.Of(failure.Message)}): {Remedy(failure)}.",
                failure);
        }

        _errorReader = ReadErrorsAsync();
        s_living[this] = true;
    }

    /// <summary>Kills all child processes that are not disposed.</summary>
    public static void KillAll()
    {
        foreach (var child in s_living.Keys)
        {
            child.Kill();
        }
    }

    /// <inheritdoc />
    protected override Stream Requests => _process.StandardInput.BaseStream;

    /// <inheritdoc />
    protected override Stream Answers => _process.StandardOutput.BaseStream;

    /// <inheritdoc />
    protected override ChannelWords Words { get; } = new(
        "closed its standard input",
        "closed its standard output",
        "was killed",
        "write only protocol messages to standard output");

    /// <inheritdoc />
    public override EnvironmentProcessException Fail(string reason, Exception? cause = null, bool breaksProtocol = false)
    {
        // A process that is about to exit provides an exit code, and its last lines may not have been read yet.
        var ended = _process.WaitForExit(TimeSpan.FromMilliseconds(cause is TimeoutException ? 0 : 500));
        Kill();
        WaitForErrorReader();
        int? code = ended ? _process.ExitCode : null;
        var exit = ended ? $", exit code {code}" : "";
        var lastLine = _lastErrorLine.Text is { } line
            ? $"; last line on standard error: {OneLine.Of(line, MaxQuotedError)}"
            : "; standard error is empty";
        return new EnvironmentProcessException(
            $"The environment process '{OneLine.Of($"{_options}", MaxQuotedCommand)}' {reason}{exit}{lastLine}.", cause)
        {
            BreaksProtocol = breaksProtocol,
            ExitCode = code,
        };
    }

    /// <summary>Closes standard input, waits for the process to exit, and kills it after a timeout.</summary>
    public override void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process has already closed its end of the pipe.
        }

        if (!_process.WaitForExit(s_exitTimeout))
        {
            Kill();
        }

        WaitForErrorReader();
        s_living.TryRemove(this, out _);
        _process.Dispose();
    }

    /// <summary>Kills the process and its children.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(s_exitTimeout);
        }
        catch (Exception failure) when (failure is InvalidOperationException or Win32Exception or AggregateException)
        {
            // The process has already exited, or one of its children belongs to another user. All that is left is to leave it alone.
        }
    }

    // .NET would first look in the folder of this program and in the current folder, and take a relative path from there.
    private static string Resolve(ProcessOptions options)
    {
        if (OperatingSystem.IsWindows())
        {
            return options.Program;
        }

        var folder = options.WorkingDirectory ?? Environment.CurrentDirectory;
        if (!Directory.Exists(folder))
        {
            throw new Win32Exception(NoSuchFile, $"there is no working directory {folder}");
        }

        if (options.Program.Contains('/', StringComparison.Ordinal))
        {
            return Path.GetFullPath(options.Program, folder);
        }

        var found = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(path => Path.Combine(path, options.Program))
            .FirstOrDefault(IsExecutable);
        return found
            ?? throw new Win32Exception(
                NoSuchFile,
                File.Exists(Path.Combine(folder, options.Program))
                    ? $"PATH does not contain it; for the file in {folder} write ./{options.Program}"
                    : "PATH does not contain it");
    }

    private static bool IsExecutable(string path)
    {
        const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & Executable) != UnixFileMode.None;
    }

    private static string Remedy(Win32Exception failure) => failure.NativeErrorCode switch
    {
        PermissionDenied => "make the file executable (chmod +x), or name its interpreter first",
        NotExecutable => "begin the file with #! and its interpreter, or name the interpreter first",
        _ => "check its name, or give its full path",
    };

#pragma warning disable VSTHRD002 // An environment steps synchronously, and these tasks need no synchronisation context.
    private void WaitForErrorReader()
    {
        try
        {
            _errorReader.Wait(s_exitTimeout);
        }
        catch (AggregateException)
        {
            // The pipe broke; the last line that was read is kept.
        }
    }
#pragma warning restore VSTHRD002

    private async Task ReadErrorsAsync()
    {
        var chunk = new char[4096];
        int count;
        while ((count = await _process.StandardError.ReadAsync(chunk)) > 0)
        {
            _lastErrorLine.Add(chunk.AsSpan(0, count));
        }
    }
}

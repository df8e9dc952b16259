using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using PlaNet.Common;

namespace PlaNet.Environments.Processes;

/// <summary>
/// A child process that is read through its standard output, line by line or in bytes, with a timeout. Any failure kills the process and is
/// reported as one <see cref="EnvironmentProcessException"/>.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    private const int MaxLineBytes = ProcessProtocol.MaxLineBytes;
    private const int MaxQuotedCharacters = 160;
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
    private readonly TimeProvider _time;
    private readonly Process _process;
    private readonly Task _errorReader;
    private readonly LastLine _lastErrorLine = new();
    private readonly byte[] _buffer = new byte[MaxLineBytes + 1];
    private int _start;
    private int _end;

    public ChildProcess(ProcessOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
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

    /// <summary>Writes one line to standard input. Nothing unread may be left on standard output: each answer has its request.</summary>
    /// <param name="line">The line, without its line feed.</param>
    /// <param name="timeout">Longest time to wait for a program that does not read its input.</param>
    public void Send(string line, TimeSpan timeout)
    {
        if (_start < _end)
        {
            var rest = Encoding.UTF8.GetString(_buffer, _start, Math.Min(_end - _start, MaxQuotedCharacters));
            throw Fail(
                $"sent '{OneLine.Of(rest)}' after a complete answer, where nothing was expected: "
                + "write only protocol messages to standard output, and as many bytes as announced");
        }

        try
        {
            var written = _process.StandardInput.BaseStream.WriteAsync(s_utf8.GetBytes(line + "\n")).AsTask();
            Wait(written, timeout);
        }
        catch (TimeoutException failure)
        {
            throw Fail($"did not read its request within {timeout.TotalSeconds:0.###} s and was killed", failure);
        }
        catch (IOException failure)
        {
            throw Fail("closed its standard input", failure);
        }
    }

    /// <summary>Reads the next line of standard output.</summary>
    /// <param name="timeout">Longest time to wait.</param>
    /// <param name="awaited">Name of the expected message, for error messages.</param>
    public string ReadLine(TimeSpan timeout, string awaited)
    {
        var since = _time.GetTimestamp();
        var scanned = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (length >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _start, scanned + length);
                _start += scanned + length + 1;
                return line;
            }

            scanned = _end - _start;
            if (scanned == _buffer.Length)
            {
                throw Fail(
                    $"sent more than {MaxLineBytes} bytes without a line feed where {awaited} was expected: "
                    + "write only protocol messages to standard output, and logs to standard error");
            }

            Fill(timeout - _time.GetElapsedTime(since), timeout, awaited);
        }
    }

    /// <summary>Reads bytes from standard output until <paramref name="target"/> is full.</summary>
    /// <param name="target">Receives the bytes.</param>
    /// <param name="timeout">Longest time to wait for all of them.</param>
    /// <param name="awaited">Name of the expected message, for error messages.</param>
    public void Read(Span<byte> target, TimeSpan timeout, string awaited)
    {
        var since = _time.GetTimestamp();
        while (target.Length > 0)
        {
            if (_start == _end)
            {
                Fill(timeout - _time.GetElapsedTime(since), timeout, awaited);
            }

            var count = Math.Min(target.Length, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(target);
            _start += count;
            target = target[count..];
        }
    }

    /// <summary>Kills the process and returns the exception to throw.</summary>
    /// <param name="reason">Verb phrase with the process as its subject, such as "closed its standard input".</param>
    /// <param name="cause">The original exception, or null.</param>
    /// <param name="breaksProtocol">See <see cref="EnvironmentProcessException.BreaksProtocol"/>.</param>
    public EnvironmentProcessException Fail(string reason, Exception? cause = null, bool breaksProtocol = false)
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
    public void Dispose()
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
    private void Wait(Task task, TimeSpan timeout) => task.WaitAsync(timeout, _time).GetAwaiter().GetResult();

    private void Fill(TimeSpan left, TimeSpan timeout, string awaited)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        int count;
        try
        {
            // After a timeout the read stays pending until the process is killed, which closes the pipe.
            var read = _process.StandardOutput.BaseStream.ReadAsync(_buffer.AsMemory(_end)).AsTask();
            count = read.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time).GetAwaiter().GetResult();
        }
        catch (TimeoutException failure)
        {
            throw Fail($"did not send {awaited} within {timeout.TotalSeconds:0.###} s and was killed", failure);
        }

        _end += count > 0 ? count : throw Fail($"closed its standard output where {awaited} was expected");
    }

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

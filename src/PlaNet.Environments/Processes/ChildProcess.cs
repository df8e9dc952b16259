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
    // A longer line is not a protocol message: the program writes other output to standard output.
    private const int MaxLineBytes = 1 << 16;

    private static readonly TimeSpan s_exitTimeout = TimeSpan.FromSeconds(2);
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly ConcurrentDictionary<ChildProcess, bool> s_living = [];

    private readonly ProcessOptions _options;
    private readonly TimeProvider _time;
    private readonly Process _process;
    private readonly Task _errorReader;
    private readonly byte[] _buffer = new byte[MaxLineBytes];
    private volatile string? _lastErrorLine;
    private int _start;
    private int _end;

    public ChildProcess(ProcessOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        var start = new ProcessStartInfo(options.Program, options.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = s_utf8,
            UseShellExecute = false,
            WorkingDirectory = options.WorkingDirectory ?? "",
        };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new EnvironmentProcessException(
                $"The environment program {options.Program} could not be started ({failure.Message}): "
                + "check its name, or give its full path.",
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

    /// <summary>Writes one line to standard input.</summary>
    public void Send(string line)
    {
        try
        {
            _process.StandardInput.BaseStream.Write(s_utf8.GetBytes(line + "\n"));
            _process.StandardInput.BaseStream.Flush();
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
                    + "write only protocol messages to standard output");
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
    public EnvironmentProcessException Fail(string reason, Exception? cause = null)
    {
        // A process that is about to exit provides an exit code, and its last lines may not have been read yet.
        var ended = _process.WaitForExit(TimeSpan.FromMilliseconds(cause is TimeoutException ? 0 : 500));
        Kill();
        WaitForErrorReader();
        var exit = ended ? $", exit code {_process.ExitCode}" : "";
        var lastLine = _lastErrorLine is { } line ? $"; last line on standard error: {OneLine.Of(line)}" : "; standard error is empty";
        return new EnvironmentProcessException(
            $"The environment process '{_options}' {reason}{exit}{lastLine}. The episode is discarded.", cause);
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
        catch (InvalidOperationException)
        {
            // The process has already exited, or was disposed by another thread.
        }
    }

#pragma warning disable VSTHRD002 // An environment steps synchronously, and these tasks need no synchronisation context.
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
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                _lastErrorLine = line.Trim();
            }
        }
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace PlaNet.Environments.Processes;

/// <summary>
/// A child that answers lines with lines and bytes, in time or not at all: whatever goes wrong ends it and becomes one
/// <see cref="EnvironmentProcessException"/>.
/// </summary>
internal sealed class ChildProcess : IDisposable
{
    // A line longer than this is no header but a program that writes something else.
    private const int LongestLine = 1 << 16;
    private const int Shown = 160;

    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(2);
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly ProcessOptions _options;
    private readonly TimeProvider _time;
    private readonly Process _process;
    private readonly Task _errors;
    private readonly byte[] _buffer = new byte[LongestLine];
    private volatile string? _lastError;
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
                $"The environment program {options.Program} does not start ({failure.Message}): check its name, or give its full path.", failure);
        }

        _errors = KeepLastErrorAsync();
    }

    /// <summary>Sends one line.</summary>
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

    /// <summary>The next line of its standard output.</summary>
    /// <param name="timeout">Longest time to wait for it.</param>
    /// <param name="awaited">What is awaited, for messages.</param>
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
                throw Fail($"wrote more than {LongestLine} bytes without a line end where {awaited} was due: only the protocol belongs on standard output");
            }

            Fill(timeout - _time.GetElapsedTime(since), timeout, awaited);
        }
    }

    /// <summary>The next bytes of its standard output.</summary>
    /// <param name="target">Takes them.</param>
    /// <param name="timeout">Longest time to wait for them.</param>
    /// <param name="awaited">What is awaited, for messages.</param>
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

    /// <summary>Ends the child and says why.</summary>
    /// <param name="reason">What it did, following its name.</param>
    /// <param name="cause">What was found first.</param>
    public EnvironmentProcessException Fail(string reason, Exception? cause = null)
    {
        // One that is about to end by itself has an exit code to tell; what it wrote last may still be on its way.
        var ended = _process.WaitForExit(TimeSpan.FromMilliseconds(cause is TimeoutException ? 0 : 500));
        Kill();
        WaitForErrors();
        var exit = ended ? $", exit code {_process.ExitCode}" : "";
        var said = _lastError is { } line ? $"; last line on its standard error: {Cut(line)}" : "; nothing on its standard error";
        return new EnvironmentProcessException($"The environment process '{_options}' {reason}{exit}{said}. The episode is lost.", cause);
    }

    /// <summary>Lets the child end by itself for a moment, then ends it.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It no longer listens.
        }

        if (!_process.WaitForExit(s_farewell))
        {
            Kill();
        }

        WaitForErrors();
        _process.Dispose();
    }

    /// <summary>Ends the child at once.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(s_farewell);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    /// <summary>A text that fits into a message.</summary>
    public static string Cut(string text)
    {
        var printable = new string([.. text.Take(Shown).Select(letter => char.IsControl(letter) ? '?' : letter)]);
        return text.Length > Shown ? $"{printable}..." : printable;
    }

#pragma warning disable VSTHRD002 // An environment steps synchronously; these tasks need no thread of a context that might wait for them.
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
            // A read that is given up ends when the child does, whose death closes the pipe.
            var read = _process.StandardOutput.BaseStream.ReadAsync(_buffer.AsMemory(_end)).AsTask();
            count = read.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time).GetAwaiter().GetResult();
        }
        catch (TimeoutException failure)
        {
            throw Fail($"did not send {awaited} within {timeout.TotalSeconds:0.###} s and was ended", failure);
        }

        _end += count > 0 ? count : throw Fail($"ended where {awaited} was due");
    }

    private void WaitForErrors()
    {
        try
        {
            _errors.Wait(s_farewell);
        }
        catch (AggregateException)
        {
            // The pipe broke; what was read before stands.
        }
    }
#pragma warning restore VSTHRD002

    private async Task KeepLastErrorAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                _lastError = line.Trim();
            }
        }
    }
}

using System.Text;
using PlaNet.Common;

namespace PlaNet.Environments.Processes;

/// <summary>
/// The client's end of a stream to the program of an environment, which is read line by line or in bytes, with a timeout. Any failure ends
/// the connection and is reported as one <see cref="EnvironmentProcessException"/>.
/// </summary>
internal abstract class MessageChannel(TimeProvider time) : IDisposable
{
    private const int MaxLineBytes = ProcessProtocol.MaxLineBytes;
    private const int MaxQuotedCharacters = 160;

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly byte[] _buffer = new byte[MaxLineBytes + 1];
    private int _start;
    private int _end;

    /// <summary>Carries requests to the program.</summary>
    protected abstract Stream Requests { get; }

    /// <summary>Carries the program's answers.</summary>
    protected abstract Stream Answers { get; }

    /// <summary>The words for this kind of connection in messages.</summary>
    protected abstract ChannelWords Words { get; }

    /// <summary>Writes one request. Nothing unread may be left of the answers: each answer has its request.</summary>
    /// <param name="line">The line, without its line feed.</param>
    /// <param name="timeout">Longest time to wait for a program that does not read its input.</param>
    public void Send(string line, TimeSpan timeout)
    {
        if (_start < _end)
        {
            var rest = Encoding.UTF8.GetString(_buffer, _start, Math.Min(_end - _start, MaxQuotedCharacters));
            throw Fail(
                $"sent '{OneLine.Of(rest)}' after a complete answer, where nothing was expected: "
                + $"{Words.OnlyMessages}, and as many bytes as announced");
        }

        try
        {
            Wait(Requests.WriteAsync(s_utf8.GetBytes(line + "\n")).AsTask(), timeout);
        }
        catch (TimeoutException failure)
        {
            throw Fail($"did not read its request within {timeout.TotalSeconds:0.###} s and {Words.WasEnded}", failure);
        }
        catch (IOException failure)
        {
            throw Fail(Words.ClosedInput, failure);
        }
    }

    /// <summary>Reads the next line of the answers.</summary>
    /// <param name="timeout">Longest time to wait.</param>
    /// <param name="awaited">Name of the expected message, for error messages.</param>
    public string ReadLine(TimeSpan timeout, string awaited)
    {
        var since = time.GetTimestamp();
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
                    + $"{Words.OnlyMessages}, and logs to standard error");
            }

            Fill(timeout - time.GetElapsedTime(since), timeout, awaited);
        }
    }

    /// <summary>Reads bytes of the answers until <paramref name="target"/> is full.</summary>
    /// <param name="target">Receives the bytes.</param>
    /// <param name="timeout">Longest time to wait for all of them.</param>
    /// <param name="awaited">Name of the expected message, for error messages.</param>
    public void Read(Span<byte> target, TimeSpan timeout, string awaited)
    {
        var since = time.GetTimestamp();
        while (target.Length > 0)
        {
            if (_start == _end)
            {
                Fill(timeout - time.GetElapsedTime(since), timeout, awaited);
            }

            var count = Math.Min(target.Length, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(target);
            _start += count;
            target = target[count..];
        }
    }

    /// <summary>Ends the connection and returns the exception to throw.</summary>
    /// <param name="reason">Verb phrase with the program as its subject, such as "closed its standard input".</param>
    /// <param name="cause">The original exception, or null.</param>
    /// <param name="breaksProtocol">See <see cref="EnvironmentProcessException.BreaksProtocol"/>.</param>
    public abstract EnvironmentProcessException Fail(string reason, Exception? cause = null, bool breaksProtocol = false);

    /// <inheritdoc />
    public abstract void Dispose();

#pragma warning disable VSTHRD002 // An environment steps synchronously, and these tasks need no synchronisation context.
    /// <summary>Waits for a task, which stays pending after a timeout until the connection is ended.</summary>
    protected void Wait(Task task, TimeSpan timeout) => task.WaitAsync(timeout, time).GetAwaiter().GetResult();

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
            // After a timeout the read stays pending until the connection is ended, which closes the stream.
            var read = Answers.ReadAsync(_buffer.AsMemory(_end)).AsTask();
            count = read.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time).GetAwaiter().GetResult();
        }
        catch (TimeoutException failure)
        {
            throw Fail($"did not send {awaited} within {timeout.TotalSeconds:0.###} s and {Words.WasEnded}", failure);
        }
        catch (IOException failure)
        {
            throw Fail($"{Words.ClosedOutput} where {awaited} was expected ({OneLine.Of(failure.Message)})", failure);
        }

        _end += count > 0 ? count : throw Fail($"{Words.ClosedOutput} where {awaited} was expected");
    }
#pragma warning restore VSTHRD002

    /// <summary>Verb phrases with the program as their subject.</summary>
    /// <param name="ClosedInput">It takes no more requests.</param>
    /// <param name="ClosedOutput">It sends no more answers.</param>
    /// <param name="WasEnded">What was done to it after a timeout.</param>
    /// <param name="OnlyMessages">Remedy for foreign text among its answers.</param>
    protected sealed record ChannelWords(string ClosedInput, string ClosedOutput, string WasEnded, string OnlyMessages);
}

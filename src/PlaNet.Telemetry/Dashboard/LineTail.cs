using System.Buffers;

namespace PlaNet.Telemetry.Dashboard;

/// <summary>What a <see cref="LineTail"/> found.</summary>
public enum TailResult
{
    /// <summary>All complete lines have been read.</summary>
    AtEnd,

    /// <summary>There are more lines: read again.</summary>
    More,

    /// <summary>The file was shortened or replaced, so that earlier lines are void. The next read begins at its start.</summary>
    Replaced,
}

/// <summary>
/// Reads the lines that are appended to a file, each once. A line without its end waits for it. What was read is not read again unless the
/// file is replaced, as a resuming run does with its metrics: the bytes before the position are compared with those that were read there.
/// </summary>
/// <param name="path">The file; it need not exist.</param>
public sealed class LineTail(string path)
{
    // A longer line is no line of metrics, and is skipped.
    private const int Block = 1 << 20;

    // Metrics end in wall-clock times, so that two runs of the same step differ in far fewer bytes.
    private const int Mark = 512;

    private byte[] _mark = [];
    private bool _skipping;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes of the file when it was last looked at; 0 if it does not exist.</summary>
    public long Length { get; private set; }

    /// <summary>Reads the next lines.</summary>
    /// <param name="line">Called with each line, without its end.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public TailResult Read(Action<ReadOnlySpan<byte>> line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (!File.Exists(path))
        {
            Length = 0;
            return Position > 0 ? Restart() : TailResult.AtEnd;
        }

        using var stream = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Length = stream.Length;
        if (Length < Position || !IsMarked(stream))
        {
            return Restart();
        }

        if (Length == Position)
        {
            return TailResult.AtEnd;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            stream.Position = Position;
            var read = stream.ReadAtLeast(buffer.AsSpan(0, Block), Block, throwOnEndOfStream: false);
            var end = buffer.AsSpan(0, read).LastIndexOf((byte)'\n') + 1;
            if (end == 0 && read < Block)
            {
                return TailResult.AtEnd;
            }

            // A block without an end is the middle of a line that is too long.
            var taken = end == 0 ? read : end;
            Deliver(buffer.AsSpan(0, end), line);
            _skipping |= end == 0;
            _mark = [.. _mark.Concat(buffer.AsSpan(Math.Max(0, taken - Mark), Math.Min(taken, Mark)).ToArray()).TakeLast(Mark)];
            Position += taken;
            return read == Block ? TailResult.More : TailResult.AtEnd;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Deliver(Span<byte> lines, Action<ReadOnlySpan<byte>> line)
    {
        while (lines.Length > 0)
        {
            var end = lines.IndexOf((byte)'\n');
            if (!_skipping)
            {
                line(lines[..end]);
            }

            _skipping = false;
            lines = lines[(end + 1)..];
        }
    }

    private bool IsMarked(FileStream stream)
    {
        var found = new byte[_mark.Length];
        stream.Position = Position - _mark.Length;
        return stream.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) == found.Length && found.AsSpan().SequenceEqual(_mark);
    }

    private TailResult Restart()
    {
        (Position, _mark, _skipping) = (0, [], false);
        return TailResult.Replaced;
    }
}

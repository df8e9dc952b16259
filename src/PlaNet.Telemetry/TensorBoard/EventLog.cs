using System.Globalization;
using PlaNet.Common;

namespace PlaNet.Telemetry.TensorBoard;

/// <summary>
/// The event file of a run, which TensorBoard reads: <c>events.out.tfevents.[start, in seconds since 1970].planet</c>. It follows a
/// <see cref="MetricsLog"/>: every start writes a new file with exactly the lines of the log, together with what the file before it has of
/// these lines, and replaces that file. So nothing that the log has dropped remains, and nothing that the log contains is missing, after a
/// kill at any time or a start without event files. Then each line of the log is appended in one piece.
/// </summary>
/// <remarks>Not thread-safe; other processes may read while the file is written.</remarks>
public sealed class EventLog : IDisposable
{
    private const string Prefix = "events.out.tfevents.";
    private const string Suffix = ".planet";

    private readonly TimeProvider _time;
    private readonly FileStream _stream;

    private EventLog(string path, TimeProvider time)
    {
        (FilePath, _time) = (path, time);

        // Unbuffered: with a buffer, closing the file would repeat a failed write and fail again.
        _stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
        _stream.Seek(0, SeekOrigin.End);
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>The event files of a run that this class has written, oldest first. Only a kill leaves more than one.</summary>
    /// <param name="folder">The run directory.</param>
    public static IReadOnlyList<string> Files(string folder) =>
        [.. Directory.GetFiles(folder, $"{Prefix}*{Suffix}").Where(path => Number(path) is not null).OrderBy(Number)];

    /// <summary>Writes a new event file and replaces the earlier ones.</summary>
    /// <param name="folder">The run directory.</param>
    /// <param name="time">Clock.</param>
    /// <param name="head">Values that describe the run; they replace those of the earlier files.</param>
    /// <param name="lines">All lines of the log that the file is to contain.</param>
    /// <exception cref="StorageException">The file cannot be written; the earlier files are unchanged.</exception>
    /// <exception cref="IOException">An earlier file can be neither read nor removed.</exception>
    public static EventLog Start(string folder, TimeProvider time, IReadOnlyList<SummaryValue> head, IEnumerable<MetricsLine> lines)
    {
        ArgumentNullException.ThrowIfNull(time);
        var earlier = Files(folder);
        var now = time.GetUtcNow();

        // TensorBoard reads files in the order of their names.
        var number = Math.Max(now.ToUnixTimeSeconds(), earlier.Count > 0 ? Number(earlier[^1])!.Value + 1 : 0);
        var path = Path.Combine(Path.GetFullPath(folder), string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D10}{Suffix}"));
        using (var newest = earlier.Count > 0 ? Open(earlier[^1]) : null)
        {
            var kept = newest is null ? [] : Records(newest);
            AtomicFile.Write(path, stream =>
            {
                stream.Write(RecordFraming.Frame(EventEncoding.Version(now)));
                if (newest is not null)
                {
                    stream.Write(RecordFraming.Frame(EventEncoding.Restart(now, 0)));
                }

                stream.Write(RecordFraming.Frame(EventEncoding.Summary(now, 0, head)));
                foreach (var line in lines)
                {
                    var scalars = line.Values.Select(value => new ScalarValue(value.Key, value.Value)).ToArray();
                    var key = Key(line.Step, scalars.Select(scalar => (scalar.Tag, (float)scalar.Value)));
                    stream.Write(kept.TryGetValue(key, out var records) && records.TryDequeue(out var position)
                        ? RecordAt(newest!, position)
                        : RecordFraming.Frame(EventEncoding.Summary(now, line.Step, scalars)));
                }
            });
        }

        foreach (var replaced in earlier)
        {
            File.Delete(replaced);
        }

        return new EventLog(path, time);
    }

    /// <summary>Appends a line of the log.</summary>
    /// <param name="step">Updates made so far.</param>
    /// <param name="line">Numbers by tag, as in the log.</param>
    /// <param name="others">Values of the same step that the log does not contain.</param>
    /// <exception cref="StorageException">
    /// The line cannot be written completely. The part that was written makes what follows unreadable, so the log must be started again.
    /// </exception>
    public void Append(long step, IEnumerable<KeyValuePair<string, double>> line, IEnumerable<SummaryValue> others)
    {
        ArgumentNullException.ThrowIfNull(line);
        var scalars = line.Select(value => new ScalarValue(value.Key, value.Value));
        var record = RecordFraming.Frame(EventEncoding.Summary(_time.GetUtcNow(), step, scalars.Concat(others)));
        try
        {
            _stream.Write(record);
            _stream.Flush();
        }
        catch (IOException exception)
        {
            throw StorageException.Of(FilePath, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static long? Number(string path) =>
        long.TryParse(
            Path.GetFileName(path).AsSpan(Prefix.Length..^Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;

    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1 << 16);

    // Positions of the records of a file by their scalars, in the order of the file; a torn record at its end is left out.
    private static Dictionary<string, Queue<long>> Records(FileStream stream)
    {
        var records = new Dictionary<string, Queue<long>>(StringComparer.Ordinal);
        for (var position = 0L; RecordFraming.Next(stream) is { } framed; position = stream.Position)
        {
            var (step, values) = EventEncoding.Read(RecordFraming.Content(framed));
            var scalars = values.Where(value => value.Scalar is not null).Select(value => (value.Tag, value.Scalar!.Value)).ToArray();
            if (scalars.Length == 0)
            {
                continue;
            }

            var key = Key(step, scalars);
            if (!records.TryGetValue(key, out var same))
            {
                records[key] = same = new Queue<long>();
            }

            same.Enqueue(position);
        }

        return records;
    }

    private static byte[] RecordAt(FileStream stream, long position)
    {
        stream.Position = position;
        return RecordFraming.Next(stream) ?? throw new IOException($"{stream.Name} has changed while it was read.");
    }

    private static string Key(long step, IEnumerable<(string Tag, float Value)> scalars) =>
        string.Join('\n', scalars.OrderBy(scalar => scalar.Tag, StringComparer.Ordinal)
            .Select(scalar => string.Create(CultureInfo.InvariantCulture, $"{scalar.Tag} {scalar.Value:R}"))
            .Prepend(step.ToString(CultureInfo.InvariantCulture)));
}

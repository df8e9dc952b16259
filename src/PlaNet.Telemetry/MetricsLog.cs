using System.Globalization;
using System.Text;
using System.Text.Json;
using PlaNet.Common;

namespace PlaNet.Telemetry;

/// <summary>One line of a metrics log.</summary>
/// <param name="Step">Updates made when it was written.</param>
/// <param name="Values">Numbers by tag; may hold NaN and infinities.</param>
public sealed record MetricsLine(long Step, IReadOnlyDictionary<string, double> Values);

/// <summary>
/// Metrics as one JSON object a line: <c>{"step":100,"objectives/image":12.5}</c>; numbers that are not finite are the strings "NaN",
/// "Infinity" and "-Infinity". Lines are only ever appended, each is handed to the operating system at once. A last line that a kill has
/// torn is normal: readers skip it, and a writer that opens the file begins a new line after it.
/// </summary>
/// <remarks>Safe for use by several threads; other processes may read while the file is written.</remarks>
public sealed class MetricsLog : IDisposable
{
    private readonly Lock _gate = new();
    private FileStream _stream;
    private bool _torn;

    /// <summary>Opens a log and drops nothing of what it holds.</summary>
    /// <param name="path">The file; created if it is not there. Its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public MetricsLog(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FilePath = System.IO.Path.GetFullPath(path);
        _stream = OpenAtEnd(FilePath);
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Appends one line.</summary>
    /// <param name="step">Updates made so far.</param>
    /// <param name="values">Numbers by tag; "step" is not a tag.</param>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void Append(long step, IEnumerable<KeyValuePair<string, double>> values)
    {
        var line = Line(step, values);
        lock (_gate)
        {
            Write(line);
        }
    }

    /// <summary>Appends the first half of a line, as a kill or a full disk leaves it. The next line starts on a line of its own.</summary>
    /// <param name="step">Updates made so far.</param>
    /// <param name="values">Numbers by tag; "step" is not a tag.</param>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void AppendTorn(long step, IEnumerable<KeyValuePair<string, double>> values)
    {
        var line = Line(step, values);
        lock (_gate)
        {
            Write(line.AsSpan(0, line.Length / 2));
            _torn = true;
        }
    }

    /// <summary>
    /// Drops the lines that are not to be kept, and torn ones: a run that resumes from a checkpoint drops those that were written after it. The file is replaced whole or not at all.
    /// </summary>
    /// <param name="keep">True for a line to keep.</param>
    /// <returns>Lines kept.</returns>
    /// <exception cref="IOException">The disk refused; the log is as it was.</exception>
    public int Keep(Func<JsonElement, bool> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        lock (_gate)
        {
            var kept = Objects(FilePath).Where(keep).Select(line => line.GetRawText()).ToArray();
            _stream.Dispose();
            try
            {
                AtomicFile.WriteText(FilePath, string.Concat(kept.Select(line => line + "\n")));
            }
            finally
            {
                _stream = OpenAtEnd(FilePath);
                _torn = false;
            }

            return kept.Length;
        }
    }

    /// <summary>The lines of a log in order; torn and foreign lines are skipped.</summary>
    /// <param name="path">The file; none at all reads as an empty log.</param>
    /// <param name="wanted">Says of a line as it is in the file whether it is read; by default every line is. Long logs are read faster by it.</param>
    public static IEnumerable<MetricsLine> Read(string path, Func<string, bool>? wanted = null)
    {
        foreach (var line in Objects(path, wanted))
        {
            if (!line.TryGetProperty(MetricTags.Step, out var step) || step.ValueKind != JsonValueKind.Number || !step.TryGetInt64(out var count))
            {
                continue;
            }

            var values = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (var property in line.EnumerateObject())
            {
                if (property.Name is not MetricTags.Step && Number(property.Value) is { } value)
                {
                    values[property.Name] = value;
                }
            }

            yield return new MetricsLine(count, values);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stream.Dispose();
        }
    }

    private void Write(ReadOnlySpan<byte> line)
    {
        try
        {
            // What a full disk left of the line before.
            if (_torn)
            {
                _stream.WriteByte((byte)'\n');
            }

            _torn = true;
            _stream.Write(line);
            _stream.Flush();
            _torn = false;
        }
        catch (IOException exception)
        {
            throw StorageException.Of(FilePath, exception);
        }
    }

    private static byte[] Line(long step, IEnumerable<KeyValuePair<string, double>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        using var buffer = new MemoryStream(256);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteNumber(MetricTags.Step, step);
            foreach (var (tag, value) in values)
            {
                if (tag is MetricTags.Step)
                {
                    throw new ArgumentException("The tag 'step' is the line's own counter: give the value another name.", nameof(values));
                }

                if (double.IsFinite(value))
                {
                    writer.WriteNumber(tag, value);
                }
                else
                {
                    writer.WriteString(tag, value.ToString(CultureInfo.InvariantCulture));
                }
            }

            writer.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static double? Number(JsonElement value)
    {
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String => value.GetString() switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => null,
            },
            _ => null,
        };
    }

    private static IEnumerable<JsonElement> Objects(string path, Func<string, bool>? wanted = null)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if ((wanted is null || wanted(line)) && TryParse(line) is { } element)
            {
                yield return element;
            }
        }
    }

    private static JsonElement? TryParse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static FileStream OpenAtEnd(string path)
    {
        // Without a buffer: what the disk refused would be tried again, and refused again, when the file is closed.
        var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, bufferSize: 0);
        if (stream.Length > 0)
        {
            stream.Seek(-1, SeekOrigin.End);
            if (stream.ReadByte() != '\n')
            {
                stream.WriteByte((byte)'\n');
                stream.Flush();
            }
        }

        return stream;
    }
}

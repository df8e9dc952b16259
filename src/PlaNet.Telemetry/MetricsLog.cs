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
/// Metrics as one JSON object per line: <c>{"step":100,"objectives/image":12.5}</c>; numbers that are not finite are the strings "NaN",
/// "Infinity" and "-Infinity". Lines are appended and flushed to the operating system one by one. A kill may leave a torn last line:
/// readers skip it, and a writer that opens the file starts a new line after it.
/// </summary>
/// <remarks>Safe for use by several threads; other processes may read while the file is written.</remarks>
public sealed class MetricsLog : IDisposable
{
    private readonly Lock _gate = new();
    private FileStream _stream;
    private bool _torn;

    /// <summary>Opens a log for appending; existing lines are kept.</summary>
    /// <param name="path">The file; created if it does not exist. Its folder must exist.</param>
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
    /// <exception cref="StorageException">The line cannot be written.</exception>
    public void Append(long step, IEnumerable<KeyValuePair<string, double>> values)
    {
        var line = Line(step, values);
        lock (_gate)
        {
            Write(line);
        }
    }

    /// <summary>Appends the first half of a line, to simulate a kill or a full disk. The next line starts on a line of its own.</summary>
    /// <param name="step">Updates made so far.</param>
    /// <param name="values">Numbers by tag; "step" is not a tag.</param>
    /// <exception cref="StorageException">The line cannot be written.</exception>
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
    /// Keeps the selected lines and drops all others, including torn ones: a run that resumes from a checkpoint drops the lines written
    /// after it. The file is replaced atomically.
    /// </summary>
    /// <param name="keep">Returns true for a line to keep.</param>
    /// <returns>Number of lines kept.</returns>
    /// <exception cref="IOException">The log cannot be rewritten; it is unchanged.</exception>
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
    /// <param name="path">The file; a missing file reads as an empty log.</param>
    /// <param name="filter">Selects raw lines before they are parsed, which is faster for long logs. Default null: every line.</param>
    public static IEnumerable<MetricsLine> Read(string path, Func<string, bool>? filter = null)
    {
        foreach (var line in Objects(path, filter))
        {
            if (!line.TryGetProperty(MetricTags.Step, out var step)
                || step.ValueKind != JsonValueKind.Number
                || !step.TryGetInt64(out var count))
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
            // Ends a line that a full disk has torn.
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
        var options = new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(buffer, options))
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

    private static IEnumerable<JsonElement> Objects(string path, Func<string, bool>? filter = null)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if ((filter is null || filter(line)) && TryParse(line) is { } element)
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
        // Unbuffered: with a buffer, closing the file would repeat a failed write and fail again.
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

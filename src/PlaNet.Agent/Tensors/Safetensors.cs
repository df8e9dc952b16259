using System.Buffers.Binary;
using System.Text.Json;

namespace PlaNet.Tensors;

/// <summary>The content of a safetensors file.</summary>
/// <param name="Tensors">Tensors by name, on the CPU. They belong to the dispose scope in which they were read.</param>
/// <param name="Metadata">Texts by name; empty if the file has none.</param>
public sealed record SafetensorsContent(
    IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata) : IDisposable
{
    /// <summary>Frees the tensors.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values) tensor.Dispose();
    }
}

/// <summary>
/// Tensors by name in the safetensors format: the header's length as 8 little-endian bytes, a JSON header (dtype, shape and byte range of
/// each tensor, and text under <c>__metadata__</c>), then the elements, row-major and little-endian, without gaps. Python reads it with
/// <c>safetensors.torch.load_file</c>.
/// </summary>
public static class Safetensors
{
    private const string MetadataKey = "__metadata__";
    private const long LongestHeader = 100_000_000;

    private static readonly (ScalarType Type, string Name)[] s_types =
    [
        (ScalarType.Float32, "F32"), (ScalarType.Float64, "F64"), (ScalarType.Int64, "I64"), (ScalarType.Int32, "I32"),
        (ScalarType.Byte, "U8"), (ScalarType.Bool, "BOOL"), (ScalarType.BFloat16, "BF16"), (ScalarType.Float16, "F16"),
    ];

    /// <summary>Writes a file and replaces an existing one. The write is not atomic.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">Tensors by name, on any device and in any layout.</param>
    /// <param name="metadata">Texts by name. Default none.</param>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = File.Create(path);
        Write(stream, tensors, metadata);
    }

    /// <summary>Writes to a stream from its current position. Equal contents give equal bytes.</summary>
    /// <param name="stream">The stream; it is not closed.</param>
    /// <param name="tensors">Tensors by name, on any device and in any layout.</param>
    /// <param name="metadata">Texts by name. Default none.</param>
    /// <exception cref="ArgumentException">The format does not support a tensor's type, or a name is reserved.</exception>
    public static void Write(
        Stream stream, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);

        // Wide types first, so that every tensor starts at a multiple of its element size.
        var entries = tensors
            .OrderByDescending(entry => entry.Value.element_size())
            .ThenBy(entry => entry.Key, StringComparer.Ordinal)
            .ToList();
        var header = Header(entries, metadata);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in entries)
        {
            using var scope = NewDisposeScope();
            stream.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">An existing file.</param>
    /// <exception cref="InvalidDataException">The file is not a complete safetensors file.</exception>
    public static SafetensorsContent Read(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            return Read(stream);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads the content of a file from memory without copying it first.</summary>
    /// <param name="content">The complete content of a file.</param>
    /// <exception cref="InvalidDataException">The content is not a complete safetensors file.</exception>
    public static unsafe SafetensorsContent Read(ReadOnlyMemory<byte> content)
    {
        using var pinned = content.Pin();

        // The pinned pointer of empty memory may be null, which UnmanagedMemoryStream refuses.
        using Stream stream = content.IsEmpty ? new MemoryStream() : new UnmanagedMemoryStream((byte*)pinned.Pointer, content.Length);
        return Read(stream);
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">A seekable stream; it is not closed.</param>
    /// <exception cref="InvalidDataException">The stream is not a complete safetensors file.</exception>
    public static SafetensorsContent Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var available = stream.Length - stream.Position - sizeof(long);
        if (available < 0) throw Invalid($"it has {available + sizeof(long)} bytes, fewer than the {sizeof(long)} of the header length");
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > LongestHeader)
        {
            throw Invalid($"its first 8 bytes give a header of {length} bytes, outside the range 2 to {LongestHeader}");
        }

        if (length > available) throw Invalid($"it is cut off: the header takes {length} bytes, but {available} bytes follow");
        var header = new byte[length];
        stream.ReadExactly(header);
        var (entries, metadata) = Parse(header);
        var expected = entries.Count == 0 ? 0 : entries[^1].End;
        if (available - length != expected)
        {
            var how = available - length < expected ? "it is cut off" : "extra bytes follow its last tensor";
            throw Invalid($"{how}: the tensors take {expected} bytes, but {available - length} bytes follow the header");
        }

        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var tensor = empty(entry.Shape, entry.Type);
            tensors.Add(entry.Name, tensor);
            stream.ReadExactly(tensor.bytes);
        }

        return new SafetensorsContent(tensors, metadata);
    }

    private static byte[] Header(List<KeyValuePair<string, Tensor>> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var (name, tensor) in entries)
            {
                if (name == MetadataKey) throw new ArgumentException($"'{MetadataKey}' is reserved: rename the tensor.", nameof(entries));
                var end = offset + (tensor.numel() * tensor.element_size());
                json.WriteStartObject(name);
                json.WriteString("dtype", NameOf(tensor.dtype, name));
                json.WriteStartArray("shape");
                foreach (var size in tensor.shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                offset = end;
            }

            json.WriteEndObject();
        }

        // Spaces up to a multiple of 8, so that the data is aligned.
        while (buffer.Length % sizeof(long) != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }

    private static string NameOf(ScalarType type, string tensor) => Array.Find(s_types, entry => entry.Type == type).Name
        ?? throw new ArgumentException(
            $"'{tensor}' has type {type}, which is not supported: use one of {string.Join(", ", s_types.Select(entry => entry.Type))}.",
            nameof(type));

    private static (List<Entry> Entries, Dictionary<string, string> Metadata) Parse(byte[] header)
    {
        var entries = new List<Entry>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(header);
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataKey)
                {
                    foreach (var text in property.Value.EnumerateObject()) metadata.Add(text.Name, text.Value.GetString() ?? "");
                    continue;
                }

                entries.Add(Entry.Parse(property));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException or ArgumentException or OverflowException)
        {
            throw Invalid("its header cannot be read: it must be a JSON object with dtype, shape and data_offsets per tensor", exception);
        }

        entries.Sort((left, right) => left.Begin != right.Begin ? left.Begin.CompareTo(right.Begin) : left.End.CompareTo(right.End));
        var end = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != end)
            {
                throw Invalid($"'{entry.Name}' starts at byte {entry.Begin} of the data, but byte {end} is expected");
            }

            if (entry.End - entry.Begin != entry.Bytes)
            {
                throw Invalid(
                    $"'{entry.Name}' has {entry.End - entry.Begin} bytes, " +
                    $"but its shape [{string.Join(", ", entry.Shape)}] takes {entry.Bytes}");
            }

            end = entry.End;
        }

        return (entries, metadata);
    }

    private static InvalidDataException Invalid(string problem, Exception? cause = null) =>
        new($"This is not a complete safetensors file: {problem}. Restore it from another checkpoint.", cause);

    private sealed record Entry(string Name, ScalarType Type, long[] Shape, long Begin, long End)
    {
        public long Bytes => Shape.Aggregate((long)Type.ElementSize(), (product, size) => checked(product * size));

        public static Entry Parse(JsonProperty property)
        {
            var dtype = property.Value.GetProperty("dtype").GetString();
            var known = Array.FindIndex(s_types, entry => entry.Name == dtype);
            if (known < 0)
            {
                var supported = string.Join(", ", s_types.Select(entry => entry.Name));
                throw Invalid($"'{property.Name}' has type '{dtype}', but only {supported} are supported");
            }

            long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            long[] range = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
            if (Array.Exists(shape, size => size < 0) || range.Length != 2)
            {
                throw Invalid(
                    $"'{property.Name}' has shape [{string.Join(", ", shape)}] and {range.Length} data_offsets, " +
                    "but sizes must be 0 or more and there must be 2 offsets");
            }

            var entry = new Entry(property.Name, s_types[known].Type, shape, range[0], range[1]);
            return entry.Bytes >= 0 ? entry : throw new OverflowException();
        }
    }
}

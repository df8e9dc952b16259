using System.Buffers.Binary;
using System.Text.Json;

namespace PlaNet.Tensors;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Tensors">By name, on the CPU. They belong to the dispose scope in which they were read.</param>
/// <param name="Metadata">Text by name; empty if the file has none.</param>
public sealed record SafetensorsContent(IReadOnlyDictionary<string, Tensor> Tensors, IReadOnlyDictionary<string, string> Metadata) : IDisposable
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
        (ScalarType.Float32, "F32"), (ScalarType.Float64, "F64"), (ScalarType.Int64, "I64"), (ScalarType.Int32, "I32"), (ScalarType.Byte, "U8"),
        (ScalarType.Bool, "BOOL"), (ScalarType.BFloat16, "BF16"), (ScalarType.Float16, "F16"),
    ];

    /// <summary>Writes a file, in place of one that may be there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">By name; of any device and layout.</param>
    /// <param name="metadata">Text by name, or none.</param>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = File.Create(path);
        Write(stream, tensors, metadata);
    }

    /// <summary>Writes to a stream from where it stands. Equal contents give equal bytes.</summary>
    /// <param name="stream">Where to; it is not closed.</param>
    /// <param name="tensors">By name; of any device and layout.</param>
    /// <param name="metadata">Text by name, or none.</param>
    /// <exception cref="ArgumentException">A tensor's type has no name in the format, or a name is reserved.</exception>
    public static void Write(Stream stream, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);

        // Wide types first, so that every tensor starts at a multiple of its element size.
        var entries = tensors.OrderByDescending(entry => entry.Value.element_size()).ThenBy(entry => entry.Key, StringComparer.Ordinal).ToList();
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
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is no whole safetensors file.</exception>
    public static SafetensorsContent Read(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            return Read(stream);
        }
        catch (InvalidDataException wrong)
        {
            throw new InvalidDataException($"{path}: {wrong.Message}", wrong);
        }
    }

    /// <summary>Reads a file's content where it lies in memory, without another copy of it.</summary>
    /// <param name="content">The content.</param>
    /// <exception cref="InvalidDataException">It is no whole safetensors file.</exception>
    public static unsafe SafetensorsContent Read(ReadOnlyMemory<byte> content)
    {
        using var pinned = content.Pin();

        // What is empty may be nowhere.
        using Stream stream = content.IsEmpty ? new MemoryStream() : new UnmanagedMemoryStream((byte*)pinned.Pointer, content.Length);
        return Read(stream);
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">Where from; it must be able to seek, and is not closed.</param>
    /// <exception cref="InvalidDataException">The stream is no whole safetensors file.</exception>
    public static SafetensorsContent Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var available = stream.Length - stream.Position - sizeof(long);
        if (available < 0) throw Wrong($"{available + sizeof(long)} bytes are too few for the length of a header");
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > LongestHeader) throw Wrong($"its first 8 bytes give a header of {length} bytes");
        if (length > available) throw Wrong($"it is cut off: the header takes {length} bytes, of which {available} are there");
        var header = new byte[length];
        stream.ReadExactly(header);
        var (entries, metadata) = Parse(header);
        var expected = entries.Count == 0 ? 0 : entries[^1].End;
        if (available - length != expected)
        {
            var how = available - length < expected ? "it is cut off" : "something follows its last tensor";
            throw Wrong($"{how}: the tensors take {expected} bytes, {available - length} are there");
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
                if (name == MetadataKey) throw new ArgumentException($"'{MetadataKey}' is reserved: name the tensor otherwise.", nameof(entries));
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
        ?? throw new ArgumentException($"'{tensor}' holds {type}, which safetensors cannot: use one of {string.Join(", ", s_types.Select(entry => entry.Type))}.", nameof(type));

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
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException or OverflowException)
        {
            throw Wrong($"its header cannot be read ({unreadable.Message.TrimEnd('.')})");
        }

        entries.Sort((left, right) => left.Begin != right.Begin ? left.Begin.CompareTo(right.Begin) : left.End.CompareTo(right.End));
        var reached = 0L;
        foreach (var entry in entries)
        {
            if (entry.Begin != reached) throw Wrong($"'{entry.Name}' starts at byte {entry.Begin} of the data where {reached} was due");
            if (entry.End - entry.Begin != entry.Bytes)
            {
                throw Wrong($"'{entry.Name}' has {entry.End - entry.Begin} bytes where its shape [{string.Join(", ", entry.Shape)}] takes {entry.Bytes}");
            }

            reached = entry.End;
        }

        return (entries, metadata);
    }

    private static InvalidDataException Wrong(string what) => new($"This is no whole safetensors file: {what}. Restore it from another checkpoint.");

    private sealed record Entry(string Name, ScalarType Type, long[] Shape, long Begin, long End)
    {
        public long Bytes => Shape.Aggregate((long)Type.ElementSize(), (product, size) => checked(product * size));

        public static Entry Parse(JsonProperty property)
        {
            var dtype = property.Value.GetProperty("dtype").GetString();
            var known = Array.FindIndex(s_types, entry => entry.Name == dtype);
            if (known < 0) throw Wrong($"'{property.Name}' has the type '{dtype}', which is not supported here");
            long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            long[] range = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
            if (Array.Exists(shape, size => size < 0) || range.Length != 2) throw Wrong($"'{property.Name}' has a shape or byte range that makes no sense");
            var entry = new Entry(property.Name, s_types[known].Type, shape, range[0], range[1]);
            return entry.Bytes >= 0 ? entry : throw new OverflowException();
        }
    }
}

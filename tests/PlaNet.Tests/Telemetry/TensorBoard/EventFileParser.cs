using System.Buffers.Binary;
using System.Text;

namespace PlaNet.Tests.Telemetry.TensorBoard;

/// <summary>A value of an event, with the fields that were present.</summary>
internal sealed record ParsedValue(string Tag)
{
    public float? Scalar { get; init; }

    public ParsedHistogram? Histogram { get; init; }

    public (long Width, long Height, byte[] Content)? Image { get; init; }

    /// <summary>The string of a tensor.</summary>
    public string? Text { get; init; }

    public string? Plugin { get; init; }

    public byte[] PluginContent { get; init; } = [];
}

/// <summary>A histogram of an event.</summary>
internal sealed record ParsedHistogram(
    double Min, double Max, double Count, double Sum, double SumOfSquares, double[] Limits, double[] Counts);

/// <summary>An event: a version, a restart, or values.</summary>
internal sealed record ParsedEvent(double WallTime, long Step, string? Version, bool Restarts, IReadOnlyList<ParsedValue> Values);

/// <summary>
/// Reads event files by the specifications of TFRecord and Protocol Buffers, and shares no code with the writer. A wrong checksum is an
/// error.
/// </summary>
internal static class EventFileParser
{
    /// <summary>The events of a file that must be complete.</summary>
    public static IReadOnlyList<ParsedEvent> Read(string path)
    {
        var (events, torn) = ReadUpToTear(File.ReadAllBytes(path));
        Assert.Equal(0, torn);
        return events;
    }

    /// <summary>The complete events of a file, and the number of bytes after them.</summary>
    public static (IReadOnlyList<ParsedEvent> Events, int Torn) ReadUpToTear(byte[] file)
    {
        var events = new List<ParsedEvent>();
        var at = 0;
        while (file.Length - at >= 16)
        {
            var length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at)));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 8)));
            if (file.Length - at - 16 < length)
            {
                break;
            }

            var record = file.AsSpan(at + 12, length);
            Assert.Equal(Masked(record), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 12 + length)));
            events.Add(Event(record.ToArray()));
            at += 16 + length;
        }

        return (events, file.Length - at);
    }

    /// <summary>CRC-32C (RFC 3720, appendix B.4), bit by bit.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
            }
        }

        return crc ^ 0xFFFFFFFFu;
    }

    /// <summary>The fields of a message: number, and varint or bytes.</summary>
    public static IReadOnlyList<(int Number, ulong Varint, byte[] Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, ulong, byte[])>();
        for (var at = 0; at < message.Length;)
        {
            var key = Varint(message, ref at);
            var (number, wire) = ((int)(key >> 3), (int)(key & 7));
            if (wire == 0)
            {
                fields.Add((number, Varint(message, ref at), []));
                continue;
            }

            var length = wire switch
            {
                1 => 8,
                5 => 4,
                2 => checked((int)Varint(message, ref at)),
                _ => throw new FormatException($"wire type {wire}"),
            };
            fields.Add((number, 0, message[at..(at + length)]));
            at += length;
        }

        return fields;
    }

    public static double Double(byte[] bytes) => BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64LittleEndian(bytes));

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = Crc32C(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var (value, shift) = (0UL, 0);
        byte next;
        do
        {
            next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            shift += 7;
        }
        while ((next & 0x80) != 0);
        return value;
    }

    private static ParsedEvent Event(byte[] message)
    {
        var parsed = new ParsedEvent(0, 0, null, false, []);
        foreach (var (number, varint, bytes) in Fields(message))
        {
            parsed = number switch
            {
                1 => parsed with { WallTime = Double(bytes) },
                2 => parsed with { Step = (long)varint },
                3 => parsed with { Version = Encoding.UTF8.GetString(bytes) },
                5 => parsed with { Values = [.. Fields(bytes).Select(value => Value(value.Bytes))] },
                7 => parsed with { Restarts = Fields(bytes) is [(1, 1, _)] },
                _ => throw new FormatException($"field {number} of an event"),
            };
        }

        return parsed;
    }

    private static ParsedValue Value(byte[] message)
    {
        var parsed = new ParsedValue("");
        foreach (var (number, _, bytes) in Fields(message))
        {
            parsed = number switch
            {
                1 => parsed with { Tag = Encoding.UTF8.GetString(bytes) },
                2 => parsed with { Scalar = BinaryPrimitives.ReadSingleLittleEndian(bytes) },
                4 => parsed with { Image = Image(Fields(bytes)) },
                5 => parsed with { Histogram = Histogram(Fields(bytes).ToDictionary(field => field.Number, field => field.Bytes)) },
                8 => parsed with { Text = Text(Fields(bytes)) },
                9 => Metadata(parsed, Fields(bytes)),
                _ => throw new FormatException($"field {number} of a value"),
            };
        }

        return parsed;
    }

    private static (long Width, long Height, byte[] Content) Image(IReadOnlyList<(int Number, ulong Varint, byte[] Bytes)> fields)
    {
        Assert.Equal(3UL, fields.Single(field => field.Number == 3).Varint);
        return (
            (long)fields.Single(field => field.Number == 2).Varint,
            (long)fields.Single(field => field.Number == 1).Varint,
            fields.Single(field => field.Number == 4).Bytes);
    }

    private static ParsedHistogram Histogram(Dictionary<int, byte[]> fields)
    {
        static double[] Packed(byte[] bytes) => [.. bytes.Chunk(8).Select(Double)];
        return new ParsedHistogram(
            Double(fields[1]),
            Double(fields[2]),
            Double(fields[3]),
            Double(fields[4]),
            Double(fields[5]),
            Packed(fields[6]),
            Packed(fields[7]));
    }

    // A tensor's only string; null for a tensor of numbers.
    private static string? Text(IReadOnlyList<(int Number, ulong Varint, byte[] Bytes)> tensor) =>
        tensor.Where(field => field.Number == 8).Select(field => Encoding.UTF8.GetString(field.Bytes)).SingleOrDefault();

    private static ParsedValue Metadata(ParsedValue value, IReadOnlyList<(int Number, ulong Varint, byte[] Bytes)> fields)
    {
        // The class of data without which TensorBoard drops a tensor.
        Assert.Equal(2UL, fields.Single(field => field.Number == 4).Varint);
        var plugin = Fields(fields.Single(field => field.Number == 1).Bytes);
        return value with
        {
            Plugin = Encoding.UTF8.GetString(plugin.Single(field => field.Number == 1).Bytes),
            PluginContent = plugin.SingleOrDefault(field => field.Number == 2).Bytes ?? [],
        };
    }
}
